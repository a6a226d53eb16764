"""The owner sees who has been let in, and shows them out."""

import logging

from quart import Response

from smallfed.observe.logging import event
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import authorising
from smallfed.store import apps
from smallfed.web import login
from smallfed.web.words import ago

log = logging.getLogger(__name__)

PATH = "/apps"


async def show() -> Response:
    """List the apps that hold tokens."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    granted, now = await house.db.read(apps.granted), house.clock.now()
    listed = [
        (grant, ago(grant.used_at, now), [(each, ago(each.used_at, now)) for each in grant.logins]) for grant in granted
    ]
    return page("apps.html", visit=visit, house=house.identity.here, granted=listed)


async def show_out(app: int) -> Response:
    """Take everything back that an app was allowed."""
    sent = await login.form(PATH)
    if isinstance(sent, Response):
        return sent
    tokens = await parts().db.write(authorising.show_out, app)
    event(log, "app.shown_out", app=app, tokens=tokens)
    return see_other(PATH)


async def take_back(token: int) -> Response:
    """Take one login of an app back; its others stay."""
    sent = await login.form(PATH)
    if isinstance(sent, Response):
        return sent
    if await parts().db.write(authorising.take_back, token):
        event(log, "token.taken_back", token=token)
    return see_other(PATH)
