"""The owner's pages, in one place: what there is, and what is worth knowing at a glance."""

from msgspec import Struct
from quart import Response

from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.services import guarding
from smallfed.services.guarding import Guard
from smallfed.store import apps, sessions
from smallfed.store.tx import Tx
from smallfed.web import login

PATH = "/owner"


class Glance(Struct, frozen=True, kw_only=True):
    """What is worth knowing."""

    apps: int
    browsers: int
    guard: Guard


async def show() -> Response:
    """Show what there is."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    return page("overview.html", visit=visit, house=house.identity.here, glance=await house.db.read(_glance))


def _glance(tx: Tx) -> Glance:
    return Glance(apps=len(apps.granted(tx)), browsers=len(sessions.all_(tx)), guard=guarding.guard(tx))
