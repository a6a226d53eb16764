"""Shrinking: copies of others' pictures get the smaller form that timelines load, several at a time.

Spec: SAFETY §2 (images); RULINGS 31. The pictures are read by a child process (``runtime/shrinking``).
"""

import logging
from functools import partial
from math import inf
from pathlib import Path

import trio
from msgspec import structs

from smallfed.domain.copy import Copy, Shrinking
from smallfed.errors import Invalid
from smallfed.observe.logging import event
from smallfed.policy.copying import AREAS, PIXELS
from smallfed.runtime import files, shrinking
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Dice
from smallfed.runtime.database import Database
from smallfed.runtime.room import Room
from smallfed.runtime.shrinking import Small
from smallfed.services import copying
from smallfed.store import copies

log = logging.getLogger(__name__)

AT_ONCE = 16  # pictures for one child
CPU, SECONDS = 10, 30.0  # for each, and for all of them
BOOKED = 512 << 10  # bytes of the disk, until the size of a smaller form is known


class Shrinker:
    """Makes smaller forms below ``folder``. Nothing is lost by a stop: the rows say what is wanted."""

    def __init__(self, db: Database, aside: Aside, dice: Dice, room: Room, folder: Path) -> None:
        self._db, self._aside, self._dice, self._room, self._folder = db, aside, dice, room, folder
        self._wanted: dict[int, trio.Event] = {}
        self._bell = Bell()

    async def run(self) -> None:
        """Make what is wanted until cancelled."""
        while True:
            await self._bell.listen(inf)
            while self._wanted:
                some = list(self._wanted)[: AT_ONCE if self._aside.has_threads else 1]
                try:
                    await self._make(some)
                except Exception:
                    log.exception("making pictures smaller")
                finally:
                    for copy in some:
                        self._wanted.pop(copy).set()

    async def small(self, copy: int) -> None:
        """Return when a copy has its smaller form, or cannot have it now; whoever asked may give up waiting."""
        done = self._wanted.setdefault(copy, trio.Event())
        self._bell.ring()
        await done.wait()

    async def is_over(self, copy: int) -> bool:
        """Wait until the smaller form of a copy has its name; False when none is being made."""
        done = self._wanted.get(copy)
        if done is not None:
            await done.wait()
        return done is not None

    async def _make(self, wanted: list[int]) -> None:
        known = [copy for number in wanted if (copy := await self._db.read(copies.find_id, number)) is not None]
        lacking = [
            (copy, self._folder / copy.file)
            for copy in known
            if copy.file is not None and copy.shrinking is Shrinking.WANTED
        ]
        with self._room.book() as booking:
            if not lacking or not booking.take(BOOKED * len(lacking)):
                return
            targets = [self._folder / f".{self._dice(128):032x}" for _ in lacking]  # drafts until there are rows
            freed = 0
            try:
                made = await self._made(lacking, targets)
                for (copy, _), small in zip(lacking, made, strict=True):
                    freed += await self._settle(copy, small)
            finally:
                with trio.CancelScope(shield=True):
                    await self._aside.thread(_clear, targets)
            booking.keep(sum(small.size for small in made if isinstance(small, Small)))
        self._room.gone(freed)
        await self._settled([copy for copy, _ in lacking])

    async def _settled(self, wanted: list[Copy]) -> None:
        """Say which files are there for good, now that none of them is read here any more."""
        now = [copy for known in wanted if (copy := await self._db.read(copies.find_id, known.id)) is not None]
        done = [copy for copy in now if copy.shrinking is not Shrinking.WANTED]
        names = [name for copy in done for name in (copy.file, copy.preview) if name is not None]
        if names:
            await self._db.patient_write(copying.settled, names)

    async def _made(self, lacking: list[tuple[Copy, Path]], targets: list[Path]) -> list[Small | Invalid | None]:
        orders = [
            shrinking.order(file, target, pixels=AREAS[copy.subject], max_pixels=PIXELS)
            for (copy, file), target in zip(lacking, targets, strict=True)
        ]
        payload = shrinking.request(orders)
        try:
            answer = await self._aside.child(shrinking.ENTRY, payload, cpu=CPU, seconds=SECONDS)
            return await self._aside.thread(shrinking.results, answer, targets)
        except Invalid as error:
            if len(lacking) == 1:
                return [error]
            return [None] * len(lacking)  # each is tried by itself, or among others, when somebody looks again

    async def _settle(self, copy: Copy, small: Small | Invalid | None) -> int:
        """Note what became of one; return how many bytes are free because of that."""
        if isinstance(small, Small):
            draft, name = self._folder / small.name, small.name.removeprefix(".")
            shrink = partial(copying.shrink, **structs.asdict(small) | {"name": name})
            freed = await self._db.patient_write(shrink, copy.id)
            await self._aside.thread(files.settle, draft, self._folder / name)
            return freed
        if small is not None:
            event(log, "copy.stays_large", url=copy.url, reason=small.message, detail=small.detail)
            await self._db.patient_write(copying.leave_large, copy.id)
        return 0


def _clear(drafts: list[Path]) -> None:
    """Delete what has not got its name."""
    for draft in drafts:
        files.remove(draft.with_name(f"{draft.name}*"))
