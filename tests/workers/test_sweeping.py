"""Sweeping: files make room for each other, gently; the owner hears when the disk runs full; a restart goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import trio
from trio.testing import MockClock

from smallfed.domain.copy import Copy, Subject
from smallfed.policy.rooming import Level
from smallfed.runtime.aside import Aside
from smallfed.runtime.room import Room
from smallfed.services.evicting import SLICE
from smallfed.store import announcements, copies, growth, holdings
from smallfed.store.growth import Sizes
from smallfed.store.tx import Tx
from smallfed.workers.processing import Processing
from smallfed.workers.sweeping import LOOK, Sweeper
from tests.workers.house import Here, living
from tests.world import NOW

SIZE = 1000
ASIDE = Aside(threads=False)


class Disk:
    """A disk with this much free when nothing of others is on it."""

    def __init__(self, free: int) -> None:
        self.free = free

    def look(self, data: Path) -> tuple[int, int]:
        kept = sum(path.stat().st_size for path in (data / "media" / "remote").glob("*"))
        return self.free - kept, 10**9


@asynccontextmanager
async def sweeping(here: Here, data: Path, *, budget: int | None, disk: Disk | None = None) -> AsyncIterator[Room]:
    """Run the sweeper, and who deletes files, while the block runs."""
    room = Room(data, ASIDE, budget=budget, reserve=5000, look=(disk or Disk(10**6)).look)
    sweeper = Sweeper(here.db, ASIDE, here.hub, here.clock, room, data / "media")
    async with trio.open_nursery() as nursery:
        await nursery.start(Processing(here.db, ASIDE, here.hub, data).run)
        await nursery.start(sweeper.run)
        yield room
        nursery.cancel_scope.cancel()


def fill(tx: Tx, folder: Path, count: int) -> None:
    """Keep so many copies of emoji, one a second, each of ``SIZE`` bytes and without a preview."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"{number:032x}.png"
        (folder / name).write_bytes(b"x" * SIZE)
        copies.put(
            tx,
            Copy(
                id=0,
                url=f"https://far.example/{number}.png",
                host="far.example",
                subject=Subject.EMOJI,
                file=name,
                media_type="image/png",
                size=SIZE,
                digest=b"x",
                fetched_at=tx.now,
                seen_at=NOW - timedelta(days=1) + timedelta(seconds=number),
            ),
        )


def there(data: Path) -> set[int]:
    return {int(path.stem, 16) for path in (data / "media" / "remote").iterdir()}


async def test_what_was_not_seen_longest_makes_room(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Down to the low mark, with the owner's files counted; what is gone from the rows is gone from the disk."""
    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 100)
        own = tmp_path / "media" / "files" / "own.jpg"
        own.parent.mkdir()
        own.write_bytes(b"x" * 10_000)

        async with sweeping(here, tmp_path, budget=90_000) as room:
            await trio.sleep(2 * LOOK)

        assert there(tmp_path) == set(range(28, 100))
        assert room.stock.kept == await here.db.read(holdings.total) == 72_000  # 90 % of 80,000
        assert own.exists()


async def test_nothing_goes_while_there_is_room(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 20)

        async with sweeping(here, tmp_path, budget=None):
            await trio.sleep(2 * LOOK)

        assert len(there(tmp_path)) == 20


async def test_a_restart_goes_on(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Also where it was killed between a commit and the deleting of files."""
    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 3 * SLICE)
        room = Room(tmp_path, ASIDE, budget=SLICE * SIZE, reserve=0, look=Disk(10**6).look)
        sweeper = Sweeper(here.db, ASIDE, here.hub, here.clock, room, tmp_path / "media")
        await sweeper.measure()
        with trio.move_on_after(0.01):  # nobody deletes files: it waits for the first slice
            await sweeper.sweep()

        async with sweeping(here, tmp_path, budget=SLICE * SIZE):
            await trio.sleep(2 * LOOK)

        assert len(there(tmp_path)) == SLICE * 9 // 10


async def test_copies_make_room_for_everything_else(tmp_path: Path, autojump_clock: MockClock) -> None:
    """On a disk that runs full, as much as would be ample again."""
    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 20)

        async with sweeping(here, tmp_path, budget=None, disk=Disk(24_000)) as room:
            await trio.sleep(2 * LOOK)

        assert there(tmp_path) == set(range(2, 20))
        assert room.level is Level.AMPLE


async def test_the_owner_hears_that_the_disk_runs_full_and_that_it_is_over(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    """By itself all goes on when there is room again."""
    disk = Disk(10**6)

    def said(tx: Tx) -> list[str]:
        return [each.text for each in announcements.shown(tx, dismissed=True)]

    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 20)
        async with sweeping(here, tmp_path, budget=None, disk=disk) as room:
            disk.free = 3000
            await trio.sleep(4 * LOOK)
            scarce, told, left = room.level, await here.db.read(said), there(tmp_path)
            disk.free = 10**9
            await trio.sleep(2 * LOOK)
            over = await here.db.read(said)

        assert (scarce, left) == (Level.SCARCE, set())
        assert ["not kept any more" in text for text in told] == [True]
        assert (room.level, over) == (Level.AMPLE, [])


async def test_sizes_are_noted_once_a_day(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with living(tmp_path) as here:
        await here.db.write(fill, tmp_path / "media" / "remote", 2)
        async with sweeping(here, tmp_path, budget=None):
            await trio.sleep(26 * 3600)

        noted = await here.db.read(growth.sizes, 0)

    database = noted[0].database
    assert database > 100_000
    assert [structs_without_database(each) for each in noted] == [
        (growth.day(NOW), 0, 2000, 998_000),
        (growth.day(NOW) + 1, 0, 2000, 998_000),
    ]


def structs_without_database(sizes: Sizes) -> tuple[int, int, int, int]:
    return sizes.day, sizes.own, sizes.copies, sizes.free
