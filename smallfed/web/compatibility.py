"""The owner sees what apps asked for that this server does not have."""

from itertools import groupby

from quart import Response

from smallfed.domain.shortfall import Noted
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.store import shortfalls
from smallfed.web import login

PATH = "/compatibility"


async def show() -> Response:
    """List it, app by app. What is gathered at this moment is written down first."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    if gathered := house.noticing.take():
        await house.db.write(shortfalls.put, gathered)
    noted = await house.db.read(shortfalls.listed)
    apps = [(app, known, list(of_app)) for (app, known), of_app in groupby(noted, key=_app)]
    return page("compatibility.html", visit=visit, house=house.identity.here, apps=apps)


def _app(noted: Noted) -> tuple[str, bool]:
    return noted.shortfall.app, noted.shortfall.known


async def forget() -> Response:
    """Forget what was counted."""
    sent = await login.form(PATH)
    if isinstance(sent, Response):
        return sent
    parts().noticing.take()
    await parts().db.write(shortfalls.forget)
    return see_other(PATH)
