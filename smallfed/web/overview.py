"""The owner's pages, in one place: what waits, what there is, and what is worth knowing at a glance."""

from datetime import datetime

from markupsafe import Markup
from msgspec import Struct
from quart import Response

from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.runtime.room import Room
from smallfed.services import billing, guarding
from smallfed.services.billing import Bill
from smallfed.services.guarding import Guard
from smallfed.store import announcements, apps, sessions, shortfalls
from smallfed.store.tx import Tx
from smallfed.web import awaiting, drafts, login, storage
from smallfed.web.awaiting import Line
from smallfed.web.storage import Storage

PATH = "/owner"


class Glance(Struct, frozen=True, kw_only=True):
    """What is worth knowing. ``news`` are announcements that no app has put away yet, sanitised HTML."""

    news: list[Markup]
    waiting: list[Line]
    apps: int
    missed: int
    later: int
    next_at: datetime | None
    drafts: int
    browsers: int
    guard: Guard
    storage: Storage
    relays: list[Bill]


async def show() -> Response:
    """Show what there is."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    glance = await house.db.read(_glance, house.room, house.config.federation.ledger_days)
    return page("overview.html", visit=visit, house=house.identity.here, glance=glance)


def _glance(tx: Tx, room: Room, ledger_days: int) -> Glance:
    written = drafts.written(tx)
    later = [post.scheduled_at for post in written if post.due is not None]
    return Glance(
        news=[Markup(each.content) for each in announcements.shown(tx, dismissed=False)],  # noqa: S704 - sanitised
        waiting=awaiting.waiting(tx, written, ledger_days=ledger_days),
        apps=len(apps.granted(tx)),
        missed=len(shortfalls.listed(tx)),
        later=len(later),
        next_at=min(later, default=None),
        drafts=sum(post.draft for post in written),
        browsers=len(sessions.all_(tx)),
        guard=guarding.guard(tx),
        storage=storage.look(tx, room),
        relays=billing.bills(tx),
    )
