"""The owner sees which browsers are inside, and ends what should not be."""

import logging

from quart import Response

from smallfed.observe.logging import event
from smallfed.pages import visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import entering
from smallfed.store import sessions
from smallfed.web import login
from smallfed.web.words import ago

log = logging.getLogger(__name__)

PATH = "/browsers"


async def show() -> Response:
    """List the browsers that are inside."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    inside, now, own = await house.db.read(sessions.all_), house.clock.now(), entering.hashed(visit.secret)
    listed = [(each, each.hash.hex(), ago(each.used_at, now, "not since"), each.hash == own) for each in inside]
    return page("browsers.html", visit=visit, house=house.identity.here, browsers=listed)


async def end() -> Response:
    """End the session of one browser, or of all others."""
    form = await login.form(PATH)
    if isinstance(form, Response):
        return form
    digest = _digest(form.text("session") or "")
    ended = await parts().db.write(entering.end, digest, own=(await visits.visit()).secret)
    event(log, "session.ended", count=ended)
    return see_other(PATH)


def _digest(text: str) -> bytes | None:
    """Return which session is meant; None for all others."""
    if text == "others":
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
