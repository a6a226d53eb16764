"""Stamps: what the owner allowed others to do with posts and profile, each readable under its id until it is revoked.

Spec: FEP-044f, FEP-7aa9 (authorizations must be dereferenceable); SAFETY rules 16–18.
"""

from smallfed.domain.house import House
from smallfed.domain.numbers import number
from smallfed.errors import NotFound
from smallfed.federation.cache import cacheable, validated
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.objects import PERSONAL
from smallfed.federation.viewers import Viewers
from smallfed.protocol.negotiation import CONTENT_TYPE
from smallfed.runtime.shelf import Shelf
from smallfed.store import accounts, posts, stamps
from smallfed.store.tx import Tx
from smallfed.translate import consenting, outward
from smallfed.workers.parts import Parts

PREFIX = "/stamps/"


class Stamps:
    """Answers GETs of stamps."""

    def __init__(self, parts: Parts, kept: Shelf[Reply], viewers: Viewers) -> None:
        self._parts, self._kept, self._viewers = parts, kept, viewers

    async def stamp(self, request: Request) -> Reply:
        """Give a stamp to whoever may see the post that it is about; to all others it looks absent."""
        signed = await self._viewers.refuse_blocked(request)
        id_ = number(request.path.removeprefix(PREFIX))
        if id_ is None:
            raise NotFound("not found")
        key = f"stamp {id_}"
        if (kept := self._kept.find(key)) is not None:
            return validated(kept, request)
        generation, house = self._kept.generation, self._parts.identity.here
        body = await self._parts.db.read(_stamp, house, id_, None)
        if body is not None:
            reply = cacheable(body)
            self._kept.put(key, reply, generation=generation)
            return validated(reply, request)
        signer = await self._viewers.signer(request) if signed else None
        body = None if signer is None else await self._parts.db.read(_stamp, house, id_, signer)
        if body is None:
            raise NotFound("not found")
        return Reply(body=body, content_type=CONTENT_TYPE, headers=PERSONAL)


def _stamp(tx: Tx, house: House, id_: int, signer: str | None) -> bytes | None:
    """Return a stamp as the actor ``signer``, or a stranger, may see it; None otherwise, and when there is none."""
    found = stamps.find(tx, id_)
    viewer = None if signer is None else accounts.find_uri(tx, signer)
    if found is None:
        return None
    if found.post_id is not None and posts.find_visible(tx, found.post_id, viewer.id if viewer else None) is None:
        return None
    uri = house.thing("stamps", id_)
    return outward.body(
        consenting.stamp(house, found.kind, uri=uri, interacting=found.interacting, target=found.target)
    )
