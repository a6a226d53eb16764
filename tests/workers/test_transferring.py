"""Transferring in virtual time: there, back and away; outages, crashes, changed minds; and nothing is lost."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.events import TransferQueued
from smallfed.domain.placement import Placement, Wanted
from smallfed.errors import Unavailable
from smallfed.policy.transferring import BREAK
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.storage import Storage
from smallfed.services import placing
from smallfed.store import placements
from smallfed.workers.transferring import Transferring, use_bucket
from tests.bucket import MemoryBucket
from tests.workers.house import Here, living

HILL, LAKE, BEAR = "files/hill.jpg", "files/lake.png", "remote/bear.jpg"
FACE = "avatars/face.png"


def content(name: str) -> bytes:
    return name.encode() * 1000


class Place:
    """A house, its media folder, and its bucket."""

    def __init__(self, here: Here, folder: Path) -> None:
        self.here, self.folder, self.bucket, self._bell = here, folder, MemoryBucket(), Bell()
        here.hub.on(TransferQueued, self._bell)

    @property
    def storage(self) -> Storage:
        return Storage(self.here.db, Aside(threads=False), self.folder, self.bucket)

    def worker(self, aside: Aside | None = None) -> Transferring:
        here, aside = self.here, aside or Aside(threads=False)
        return Transferring(here.db, here.clock, lambda bits: 0, aside, self.storage, self._bell)

    @asynccontextmanager
    async def at_work(self, aside: Aside | None = None) -> AsyncIterator[None]:
        await use_bucket(self.here.db, self.storage)
        async with trio.open_nursery() as nursery:
            await nursery.start(self.worker(aside).run)
            yield
            nursery.cancel_scope.cancel()

    def write(self, *names: str) -> None:
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content(name))

    async def keep(self, *names: str) -> None:
        self.write(*names)
        await self.here.db.write(placing.keep, names)

    async def want(self, wanted: Wanted) -> None:
        await self.here.db.write(placing.turn, wanted, "")

    async def rows(self) -> dict[str, Placement]:
        return {each.name: each for each in await self.here.db.read(placements.after, "", -1)}

    async def errors(self) -> dict[str, str]:
        return {name: each.error for name, each in (await self.rows()).items() if each.error}

    @property
    def on_disk(self) -> dict[str, bytes]:
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
async def place(tmp_path: Path, autojump_clock: MockClock) -> AsyncIterator[Place]:
    async with living(tmp_path) as here:
        yield Place(here, tmp_path / "media")


def settled(name: str, wanted: Wanted) -> Placement:
    data = content(name)
    return Placement(name=name, wanted=wanted, there=True, size=len(data), digest=sha256(data).digest())


# There ----------------------------------------------------------------------------------------------------------------
async def test_what_is_kept_goes_there_and_only_faces_stay_here(autojump_clock: MockClock, place: Place) -> None:
    """What others have stays here as long as the owner has not said otherwise."""
    async with place.at_work():
        await place.keep(HILL, LAKE, FACE, BEAR)
        await trio.sleep(1)

    assert place.bucket.files == {name: content(name) for name in (HILL, LAKE, FACE)}
    assert place.on_disk == {name: content(name) for name in (FACE, BEAR)}
    assert await place.rows() == {
        FACE: settled(FACE, Wanted.BOTH),
        HILL: settled(HILL, Wanted.BUCKET),
        LAKE: settled(LAKE, Wanted.BUCKET),
    }


@pytest.mark.parametrize(("cache", "stays"), [("bucket", False), ("both", True)])
async def test_what_others_have_goes_there_when_the_owner_says_so(
    autojump_clock: MockClock, place: Place, cache: str, stays: bool
) -> None:
    place.bucket = MemoryBucket(cache=cache)
    async with place.at_work():
        await place.keep(BEAR)
        await trio.sleep(1)

    assert place.bucket.files == {BEAR: content(BEAR)}
    assert (BEAR in place.on_disk) == stays


async def test_without_a_bucket_nothing_is_noted(autojump_clock: MockClock, place: Place) -> None:
    await place.keep(HILL)

    assert await place.rows() == {}


async def test_what_arrives_changed_does_not_count_and_stays_here(autojump_clock: MockClock, place: Place) -> None:
    place.bucket.garbles = True
    async with place.at_work():
        await place.keep(HILL)
        await trio.sleep(1)
        first = await place.errors()
        place.bucket.garbles = False
        await trio.sleep(3600)

    assert first == {HILL: "the bucket has something else than was brought there"}
    assert place.bucket.files == {HILL: content(HILL)}
    assert await place.rows() == {HILL: settled(HILL, Wanted.BUCKET)}


# Outages and crashes --------------------------------------------------------------------------------------------------
async def test_a_bucket_that_is_away_for_days_loses_nothing_and_is_not_stormed(
    autojump_clock: MockClock, place: Place
) -> None:
    names = [f"files/{number:03}.png" for number in range(200)]
    place.bucket.down = True
    async with place.at_work():
        await place.keep(*names)
        await trio.sleep(3 * 86_400)
        asked, on_disk = place.bucket.asked, place.on_disk
        place.bucket.down = False
        await trio.sleep(BREAK + 3600 * 1.25 + 1)

    assert on_disk == {name: content(name) for name in names}
    assert 100 < asked < 1200
    assert place.bucket.files == on_disk
    assert place.on_disk == {}


class Ending(Aside):
    """Ends the worker at a step of its work, as a power cut would."""

    def __init__(self, scope: trio.CancelScope, step: int) -> None:
        super().__init__(threads=False)
        self._scope, self._left = scope, step

    async def thread(self, f: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            self._scope.cancel()
            await trio.lowlevel.checkpoint()
        return await super().thread(f, *args, **options)


@pytest.mark.parametrize("ways", [(Wanted.BUCKET,), (Wanted.BUCKET, Wanted.BOTH), (Wanted.BUCKET, Wanted.HERE)])
async def test_a_crash_at_any_step_loses_nothing(
    autojump_clock: MockClock, place: Place, ways: tuple[Wanted, ...]
) -> None:
    """The worker is ended at each of its steps in turn; the next one goes on, and in the end all is as it should be."""
    steps = 0
    for step in range(1, 40):
        name = f"files/{step:03}.png"
        await use_bucket(place.here.db, place.storage)
        await place.keep(name)
        for wanted in ways:
            await place.here.db.write(placements.put, [name], wanted)
            with trio.CancelScope() as scope:
                aside = Ending(scope, step)
                async with place.at_work(aside):
                    await trio.sleep(1)
            steps = max(steps, step) if scope.cancelled_caught else steps
            assert content(name) in (place.bucket.files.get(name), place.on_disk.get(name)), (step, wanted)
            async with place.at_work():
                await trio.sleep(1)

    names = [f"files/{step:03}.png" for step in range(1, 40)]
    everything = {name: content(name) for name in names}
    assert steps >= 5
    assert place.bucket.files == ({} if ways[-1] is Wanted.HERE else everything)
    assert place.on_disk == ({} if ways[-1] is Wanted.BUCKET else everything)
    assert await place.errors() == {}


# Back -----------------------------------------------------------------------------------------------------------------
async def test_back_again_with_and_without_the_bucket_losing_it(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(HILL, LAKE)
        await trio.sleep(1)
        await place.want(Wanted.BOTH)
        await trio.sleep(1)
        on_both = (place.on_disk, dict(place.bucket.files), await place.rows())
        await place.want(Wanted.HERE)
        await trio.sleep(1)

    both = {name: content(name) for name in (HILL, LAKE)}
    assert on_both == (both, both, {name: settled(name, Wanted.BOTH) for name in (HILL, LAKE)})
    assert (place.on_disk, place.bucket.files, await place.rows()) == (both, {}, {})


async def test_what_is_not_what_was_brought_there_does_not_come_back(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(HILL, LAKE)
        await trio.sleep(1)
        place.bucket.put_bytes(HILL, b"something else")
        place.bucket.lose(LAKE)
        await place.want(Wanted.HERE)
        await trio.sleep(1)

    assert place.on_disk == {}
    assert await place.errors() == {
        HILL: "the bucket has something else under this name: put it back from a backup",
        LAKE: "it is neither on this machine nor in the bucket: put it back from a backup",
    }
    assert place.bucket.files == {HILL: b"something else"}


# Away -----------------------------------------------------------------------------------------------------------------
async def test_what_is_deleted_goes_as_soon_as_the_bucket_is_back(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(HILL, LAKE)
        await trio.sleep(1)
        place.bucket.down = True
        await place.here.db.write(placing.leave, ["files/hi*"])
        await trio.sleep(3600)
        meanwhile = dict(place.bucket.files)
        place.bucket.down = False
        await trio.sleep(2 * 3600)

    assert set(meanwhile) == {HILL, LAKE}
    assert place.bucket.files == {LAKE: content(LAKE)}
    assert set(await place.rows()) == {LAKE}


async def test_what_is_deleted_and_kept_again_is_there_in_the_end(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(FACE)
        await trio.sleep(1)
        await place.here.db.write(placing.leave, [FACE])
        await place.keep(FACE)
        await trio.sleep(1)
        await place.here.db.write(placing.leave, [FACE])
        await trio.sleep(1)
        await place.keep(FACE)
        await trio.sleep(1)

    assert place.bucket.files == {FACE: content(FACE)}
    assert await place.rows() == {FACE: settled(FACE, Wanted.BOTH)}


async def test_purging_removes_at_once_wherever_it_is(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(HILL, FACE)
        await trio.sleep(1)
    await place.storage.purge([HILL, FACE, "files/never.png"])

    assert (place.on_disk, place.bucket.files, await place.rows()) == ({}, {}, {})


async def test_what_cannot_be_purged_now_goes_by_itself(autojump_clock: MockClock, place: Place) -> None:
    async with place.at_work():
        await place.keep(FACE)
        await trio.sleep(1)
    place.bucket.down = True
    with pytest.raises(Unavailable):
        await place.storage.purge([FACE])
    place.bucket.down = False
    meanwhile = place.on_disk
    async with place.at_work():
        await trio.sleep(1)

    assert (meanwhile, place.bucket.files, await place.rows()) == ({}, {}, {})


# Another bucket -------------------------------------------------------------------------------------------------------
async def test_another_bucket_is_looked_through_and_filled_from_the_disk(
    autojump_clock: MockClock, place: Place
) -> None:
    async with place.at_work():
        await place.keep(HILL, LAKE, FACE)
        await trio.sleep(1)
    former, place.bucket = place.bucket, MemoryBucket(bucket="another")
    place.bucket.put_bytes(HILL, former.files[HILL])
    async with place.at_work():
        await trio.sleep(1)

    assert place.bucket.files == {HILL: content(HILL), FACE: content(FACE)}
    assert await place.errors() == {LAKE: "it is neither on this machine nor in the bucket: put it back from a backup"}


async def test_without_its_bucket_the_house_says_what_cannot_be_shown(
    autojump_clock: MockClock, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with place.at_work():
        await place.keep(HILL, FACE)
        await trio.sleep(1)

    storage = Storage(place.here.db, Aside(threads=False), place.folder)
    await use_bucket(place.here.db, storage)
    content_ = await storage.open(HILL)

    assert content_ is not None
    with pytest.raises(Unavailable):
        await content_.ready()
    content_.close()
    assert [record.message for record in caplog.records if "bucket.gone" in record.message] != []


# Commands -------------------------------------------------------------------------------------------------------------
async def test_finishing_without_a_loop(autojump_clock: MockClock, place: Place) -> None:
    await use_bucket(place.here.db, place.storage)
    await place.keep(HILL, LAKE)

    place.bucket.down = True
    failed = await place.worker().finish()
    place.bucket.down = False
    await place.here.db.write(placing.hasten)

    assert failed == "the bucket memory is away"
    assert await place.worker().finish() is None
    assert place.bucket.files == {name: content(name) for name in (HILL, LAKE)}
