"""Barred: by what a server is cut off, remembered for those who ask with every request.

Lists of others may block more servers than should be in memory all the time, or read when the house starts: a server
is looked up when it comes, and known until a block changes.
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from smallfed.domain.events import DomainBlocked
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.store import domain_blocks
from smallfed.store.tx import Tx

MOST = 5000  # servers that are remembered; strangers can come from as many as they like

P = ParamSpec("P")


class Barred:
    """Knows by what a host is cut off. The hub says when to forget that."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._known: dict[str, str | None] = {}
        hub.on(DomainBlocked, self)

    async def by(self, host: str) -> str | None:
        """Return the name of the block that holds for ``host`` (lower case, perhaps with a port), or None."""
        return await self._remembered(host, domain_blocks.holding, host)

    async def anybody(self) -> bool:
        """Whether anybody is cut off at all."""
        return await self._remembered("", domain_blocks.some) is not None

    def ring(self) -> None:
        """Forget everything: what holds has changed."""
        self._known = {}

    async def _remembered(
        self, key: str, ask: Callable[Concatenate[Tx, P], str | None], *args: P.args, **kwargs: P.kwargs
    ) -> str | None:
        known = self._known  # what is read before a change does not get among what is known after it
        if key in known:
            return known[key]
        found = await self._db.read(ask, *args, **kwargs)
        if len(known) >= MOST:
            known.clear()
        known[key] = found
        return found
