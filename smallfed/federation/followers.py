"""Which followers live on the server that asks: for it alone, so that it can see whether it knows the same.

Spec: FEP-8fcf; PROTOCOL §6.4; SAFETY rules 16, 18, 20.
"""

from smallfed.domain.numbers import number
from smallfed.domain.uris import origin
from smallfed.errors import NotFound, Unauthenticated
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.gate import is_kept_out
from smallfed.federation.objects import PERSONAL
from smallfed.federation.viewers import Viewers
from smallfed.protocol.emitted import Thing
from smallfed.protocol.negotiation import CONTENT_TYPE
from smallfed.store import follows, houses
from smallfed.store.tx import Tx
from smallfed.translate import outward
from smallfed.workers.parts import Parts

PAGE = 5000
MOST = 10_000  # pages


class Followers:
    """Answers GETs of the followers on one server."""

    def __init__(self, parts: Parts, viewers: Viewers) -> None:
        self._parts, self._viewers = parts, viewers

    async def here(self, request: Request) -> Reply:
        """Give those followers whose ids have the origin of who signs; Unauthenticated when nobody does.

        Who hides whom they know from the public still has to agree with their servers.
        """
        await self._viewers.refuse_blocked(request)
        signer = await self._viewers.signer(request)
        if signer is None or origin(signer) is None:
            raise Unauthenticated("Sign the request: the answer depends on who asks.")
        if await self._parts.db.read(is_kept_out, signer):
            raise NotFound("not found")
        page = number(request.fields().get("page", [""])[0])
        if page is not None and not 0 < page <= MOST:
            raise NotFound("not found")
        body = await self._parts.db.long_read(_body, _base(signer), page)
        return Reply(body=body, content_type=CONTENT_TYPE, headers=PERSONAL)


def _base(uri: str) -> str:
    return "/".join(uri.split("/", 3)[:3]).lower()


def _body(tx: Tx, base: str, page: int | None) -> bytes:
    """Return the collection, in one piece where it is small enough; else its beginning, or one ``page`` of it."""
    owner, uri = houses.owner_id(tx), houses.get(tx).followers_here
    if page is not None:
        found = follows.standing_at(tx, owner, base, limit=PAGE, offset=(page - 1) * PAGE)
        return outward.body(_page(uri, page, found))
    found = follows.standing_at(tx, owner, base, limit=PAGE + 1)
    if len(found) <= PAGE:
        return outward.body(outward.collection(uri, total=len(found), items=found))
    total = len(follows.standing_at(tx, owner, base, limit=-1))
    return outward.body(outward.collection(uri, total=total, first=f"{uri}?page=1"))


def _page(uri: str, page: int, found: list[str]) -> Thing:
    following = f"{uri}?page={page + 1}" if len(found) == PAGE else None
    return outward.collection_page(f"{uri}?page={page}", part_of=uri, items=found, next_page=following)
