"""The owner sees what holds for one server, who is cut off by it, and what lifting it would bring back; and lifts it.

Spec: PROTOCOL §9.2.
"""

import logging

from msgspec import Struct
from quart import Response

from smallfed.domain.domain_block import DomainBlock, Origin
from smallfed.errors import NotFound
from smallfed.observe.logging import event
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.services import freezing, moderating
from smallfed.services.freezing import Impact
from smallfed.store import blocklist_entries, domain_blocks
from smallfed.store.blocklist_entries import Word
from smallfed.store.tx import Tx
from smallfed.web import login, moderation

log = logging.getLogger(__name__)

PATH = "/blocks"


class Sight(Struct, frozen=True, kw_only=True):
    """What holds, whom it cuts off and what it hides, which lists name it, and what keeps it away beside it."""

    block: DomainBlock
    standing: str
    by: str
    impact: Impact
    words: tuple[Word, ...]
    beside: str


async def show(number: int) -> Response:
    """Show it."""
    visit = await login.inside(f"{PATH}/{number}")
    if isinstance(visit, Response):
        return visit
    house = parts()
    sight = await house.db.long_read(_look, number)
    return page("block.html", visit=visit, house=house.identity.here, sight=sight)


def _look(tx: Tx, number: int) -> Sight:
    block = domain_blocks.get(tx, number)
    return Sight(
        block=block,
        standing=moderation.standing(block),
        by=moderation.BY[block.origin],
        impact=freezing.impact(tx, block.domain, cut_off=block.cuts),
        words=tuple(blocklist_entries.words(tx, block.domain)),
        beside=moderating.kept_away(tx, block.domain, but=block.id) if block.cuts else "",
    )


async def lift(number: int) -> Response:
    """Let nothing hold for a server any more."""
    sent = await login.form(f"{PATH}/{number}")
    if isinstance(sent, Response):
        return sent
    try:
        origin = await parts().db.write(_lift, number)
        event(log, "block.lifted")
    except NotFound:
        origin = Origin.OWNER  # it was lifted meanwhile
    return see_other("/blocklists" if origin is Origin.LISTS else "/moderation")


def _lift(tx: Tx, number: int) -> Origin:
    known = domain_blocks.get(tx, number)
    moderating.lift(tx, number)
    return known.origin
