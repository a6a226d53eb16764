"""Purging: what must not be here leaves the database, the disk and the bucket, and then the log of the database.

Rows say what is to be done, so a restart goes on where it was. Files are read before their rows go, to know them again.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from math import inf

import trio

from smallfed.domain.events import PurgeBegun
from smallfed.domain.purge import Purge
from smallfed.errors import NotFound, Unavailable
from smallfed.observe.logging import event
from smallfed.runtime import files
from smallfed.services import purging, slicing
from smallfed.store import discards, purges, searchables, traces
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

PAUSE = 0.02  # between two slices, so that others have their turn
ASTRAY = "astray"


class Purging:
    """Carries out what was begun, one purge after the other."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._bell = parts, parts.hub.bell(PurgeBegun)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Purge until cancelled."""
        task_status.started()
        while True:
            while (purge := await self._parts.db.read(purges.under_way)) is not None:
                await self._carry_out(purge)
            await self._bell.listen(inf)

    async def _carry_out(self, purge: Purge) -> None:
        db = self._parts.db
        while chosen := await db.long_read(slicing.choose, purge):
            digests = {name: digest for name in chosen.files if (digest := await self._digest(name)) is not None}
            gone = await db.patient_write(purging.strike, purge.id, chosen, digests)
            await self._remove(gone or ())
            await self._parts.clock.sleep(PAUSE)
        await self._remove(await db.patient_write(purging.part, purge))
        await db.patient_write(purging.tidy, purge)
        found: traces.Traces | None = await db.long_read(purging.look, purge)
        while found is not None:
            found = await db.patient_write(traces.drop, found)
        await self._forget_words()
        ended = await db.patient_write(purging.end, purge.id)
        db.empty_log()
        event(log, "purged", purge=ended.id, kind=ended.kind.value, posts=ended.posts, files=ended.files)

    async def _digest(self, name: str) -> bytes | None:
        """Return the SHA-256 of a file, wherever it is; None where it cannot be read now."""
        with suppress(NotFound, Unavailable):
            content = await self._parts.storage.open(name)
            if content is None:
                return None
            try:
                await content.ready()
                hashed = sha256()
                while len(content):
                    hashed.update(await content.piece())
                return hashed.digest()
            finally:
                content.close()
        return None

    async def _remove(self, names: Collection[str]) -> None:
        """Delete files at once; where the bucket cannot be reached its rows see to that later."""
        if not names:
            return
        folder = self._parts.storage.folder
        for name in names:
            await self._parts.aside.thread(files.remove, folder / ASTRAY / name)
        try:
            await self._parts.storage.purge(names)
        except Unavailable as error:
            event(log, "purge.bucket", level=logging.WARNING, error=error)
        await self._parts.db.patient_write(discards.forget, names)

    async def _forget_words(self) -> None:
        """Write the index of words anew, as far as it still has what was taken out of it."""
        more = await self._parts.db.patient_write(searchables.renew)
        while more:
            await self._parts.clock.sleep(PAUSE)
            more = await self._parts.db.patient_write(searchables.merge)
