"""Our blocks: what the owner blocks and limits, for others to subscribe to, where the owner wishes that.

Only what the owner has decided: if houses published what they take from each other, nothing would ever end.

Spec: PROTOCOL §9.3.
"""

from smallfed.errors import NotFound
from smallfed.federation.cache import cacheable, validated
from smallfed.federation.exchange import Reply, Request
from smallfed.runtime.shelf import Shelf
from smallfed.store import domain_blocks
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

PATH = "/blocks.csv"
KEEP = "public, max-age=3600, stale-while-revalidate=86400"


class Blocks:
    """Answers whoever subscribes to our blocks."""

    def __init__(self, parts: Parts, kept: Shelf[Reply]) -> None:
        self._parts, self._kept = parts, kept

    async def listed(self, request: Request) -> Reply:
        """Return the list; NotFound where it is not published. Servers whose name is not to be read are not in it."""
        if not self._parts.config.federation.publish_blocks:
            raise NotFound("there is nothing here")
        reply = self._kept.find(PATH)
        if reply is None:
            generation = self._kept.generation
            body = (await self._parts.db.long_read(_written)).encode()
            reply = cacheable(body, content_type="text/csv; charset=utf-8", keep=KEEP)
            self._kept.put(PATH, reply, generation=generation)
        return validated(reply, request)


def _written(tx: Tx) -> str:
    from smallfed.translate.blocklists import write  # seldom asked for

    return write(one for one in domain_blocks.own(tx) if not one.obfuscate)
