"""Mirroring: whoever looks at others' media is shown what we keep of them, or what is brought for that.

Spec: SAFETY rules 21–26, 33; RULINGS 31.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from math import inf
from pathlib import Path

import trio

from smallfed.domain.copy import Copy
from smallfed.errors import NotFound, SmallfedError
from smallfed.policy.copying import Choice, choose, is_picture, stopgap
from smallfed.runtime import files
from smallfed.runtime.arrival import Arrival
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.hands import Loose
from smallfed.runtime.passing import Passing
from smallfed.runtime.room import Room
from smallfed.services.copying import FOLDER, Wanted
from smallfed.store import copies
from smallfed.workers.bringing import Bringer
from smallfed.workers.documents import Documents
from smallfed.workers.passing_on import Large, PassingOn
from smallfed.workers.shrinking import Shrinker

PATIENCE = 3.0  # seconds somebody waits for a smaller form; then the original must do
A_DAY = timedelta(days=1)
SEEN_EVERY = 60.0  # seconds between two times that views are written down

Found = Choice | Arrival | Loose | Large


class Mirroring:
    """What the doors ask for others' media, below ``data``/media/remote. ``films``: bytes of one that is kept."""

    def __init__(
        self,
        db: Database,
        http: Http,
        documents: Documents,
        clock: Clock,
        dice: Dice,
        aside: Aside,
        data: Path,
        *,
        films: int,
        room: Room,
    ) -> None:
        self._db, self._clock, self._aside = db, clock, aside
        self._folder, self._films, self._room = data / "media" / FOLDER, films, room
        self.bringer = Bringer(db, http, documents, clock, dice, aside, self._folder, films=films, room=room)
        self._shrinker = Shrinker(db, aside, dice, room, self._folder)
        self._passing_on = PassingOn(http, documents, clock)
        self._seen: set[int] = set()
        self._views = Bell()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Fetch for others, and write down what was looked at, until cancelled."""
        await self._recover()
        try:
            async with trio.open_nursery() as nursery:
                self.bringer.open(nursery)
                self._passing_on.open(nursery)
                nursery.start_soon(self._shrinker.run)
                task_status.started()
                while True:
                    await self._views.listen(inf)
                    await self._clock.sleep(SEEN_EVERY)
                    seen, self._seen = self._seen, set()
                    self._db.later(copies.seen, seen)
        finally:
            self._passing_on.open(None)
            self.bringer.close()

    async def _recover(self) -> None:
        """Give what was noted when we fell its name, since it is all there; what else had begun to come goes."""
        drafts = await self._aside.thread(_drafts, self._folder)
        if drafts:
            await self._aside.thread(_sweep, drafts, await self._db.long_read(copies.files))

    async def find(self, asked: Wanted, *, lost: bool = False) -> Found:
        """Return what is shown. ``lost``: the file that was chosen is not there after all.

        NotFound when nothing can be had; Unavailable when it can be later.
        """
        copy = asked.copy
        if lost and copy is not None and await self._shrinker.is_over(copy.id):
            copy, lost = await self._db.read(copies.find_id, copy.id), False
        choice = None if copy is None or lost else choose(copy, small=asked.small)
        if copy is not None and choice is not None:
            self._note_view(copy)
            return await self._shrunk(copy, asked, choice) if choice.provisional else choice
        if copy is not None and self._is_passed_on(copy):
            return Large(url=asked.url, media_type=copy.media_type)
        try:
            self._require_turn(copy)
            return await self._brought(asked)
        except SmallfedError:
            if (stand_in := None if lost else stopgap(copy)) is not None:
                return stand_in
            raise

    async def pass_on(self, large: Large, first: int, end: int | None) -> Passing:
        """Begin to pass on a part of something that is not kept. Unavailable when too much is passed on already."""
        return await self._passing_on.begin(large, first, end)

    def _is_passed_on(self, copy: Copy) -> bool:
        """Whether it is a film or sound that would not be kept, so that it need not be tried."""
        if not copy.media_type or is_picture(copy.media_type):
            return False
        return (copy.size or 0) > self._films or not self._room.may_cache

    def _require_turn(self, copy: Copy | None) -> None:
        now = self._clock.now()
        if copy is not None and copy.retry_at is not None and copy.fetched_at <= now < copy.retry_at:
            raise NotFound(f"this cannot be shown now: {copy.reason}")

    def _note_view(self, copy: Copy) -> None:
        if self._clock.now() - copy.seen_at >= A_DAY and copy.id not in self._seen:
            self._seen.add(copy.id)
            self._views.ring()

    async def _brought(self, asked: Wanted) -> Found:
        found = await self.bringer.bring(asked)
        if not isinstance(found, Copy):
            return found
        choice = choose(found, small=asked.small)
        if choice is None:
            return Large(url=asked.url, media_type=found.media_type)
        return await self._shrunk(found, asked, choice) if choice.provisional else choice

    async def _shrunk(self, copy: Copy, asked: Wanted, choice: Choice) -> Choice:
        """Return the smaller form as soon as it is made; the original when that takes too long or cannot be."""
        with trio.move_on_after(PATIENCE):
            await self._shrinker.small(copy.id)
        now = await self._db.read(copies.find_id, copy.id)
        return choice if now is None else choose(now, small=asked.small) or choice


def _drafts(folder: Path) -> list[Path]:
    return list(folder.glob(".*"))


def _sweep(drafts: Iterable[Path], noted: Collection[str]) -> None:
    for draft in drafts:
        path = draft.with_name(draft.name.removeprefix("."))
        if path.name in noted:
            files.settle(draft, path)
        else:
            draft.unlink(missing_ok=True)
