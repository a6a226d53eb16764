"""The owner sees which follows blocks of servers have come between, and may have them as files, as with Mastodon.

Spec: https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/; the addresses are those of Mastodon.
"""

from collections.abc import Sequence
from typing import Literal

from quart import Response

from smallfed.domain.notification import Severance
from smallfed.pages.answers import page
from smallfed.pages.quart import parts
from smallfed.store import domain_blocks, exports, severances
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.translate import tables
from smallfed.web import login

PATH = "/severed_relationships"
SHOWN = 100


async def show() -> Response:
    """List what blocks have come between, the latest first."""
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    house = parts()
    found = await house.db.read(_look)
    return page("severed.html", visit=visit, house=house.identity.here, severed=found, most=SHOWN)


def _look(tx: Tx) -> Sequence[tuple[Severance, int | None]]:
    """Return the latest, one more than is shown, each with the block that can still be lifted."""
    found = severances.newest(tx, Page(limit=SHOWN + 1))
    blocks = domain_blocks.cuts(tx, [one.target for one in found if one.state != "restored"])
    return [(one, blocks.get(one.target)) for one in found]


async def followers(number: int) -> Response:
    """Give the followers that a block has come between as a file."""
    return await _file(number, "followers")


async def following(number: int) -> Response:
    """Give those whom the owner followed as a file that can be imported again."""
    return await _file(number, "follows")


async def _file(number: int, kind: Literal["follows", "followers"]) -> Response:
    visit = await login.inside(PATH)
    if isinstance(visit, Response):
        return visit
    lines = await parts().db.read(exports.of_severance, kind, number)
    name = f"{'following' if kind == 'follows' else 'followers'}-{number}.csv"
    response = Response(tables.write(kind, lines), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
