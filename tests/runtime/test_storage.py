"""Reading files wherever they are: from the disk, or from the bucket, piece by piece and bounded in memory."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.placement import Wanted
from smallfed.errors import NotFound, Unavailable
from smallfed.runtime.afar import LEAST, MOST, Afar, Readers
from smallfed.runtime.aside import Aside
from smallfed.runtime.content import PIECE, Content
from smallfed.runtime.storage import REST, Storage, names_below
from smallfed.services import placing
from smallfed.store import placements
from smallfed.store.tx import Tx
from tests.bucket import MemoryBucket
from tests.workers.house import Here, living

FILM = "files/film.mp4"
DATA = bytes(range(251)) * 5000  # more than two blocks


def put(tx: Tx, bucket: MemoryBucket, name: str, data: bytes) -> None:
    placing.use(tx, bucket.in_use)
    placements.put(tx, [name], Wanted.BUCKET)
    row = placements.find(tx, name)
    assert row is not None
    placements.settle(tx, row, {"there": True, "size": len(data), "digest": sha256(data).digest(), "due": None})


@pytest.fixture
async def here(tmp_path: Path, autojump_clock: MockClock) -> AsyncIterator[Here]:
    async with living(tmp_path) as house:
        yield house


@pytest.fixture
def bucket() -> MemoryBucket:
    made = MemoryBucket(public_url="https://cdn.example")
    made.put_bytes(FILM, DATA)
    return made


@pytest.fixture
async def storage(here: Here, bucket: MemoryBucket, tmp_path: Path) -> Storage:
    await here.db.write(put, bucket, FILM, DATA)
    return Storage(here.db, Aside(threads=False), tmp_path / "media", bucket)


async def everything(content: Content) -> bytes:
    read = bytearray()
    while len(content):
        piece = await content.piece()
        assert 0 < len(piece) <= PIECE
        read += piece
    content.close()
    return bytes(read)


async def opened(storage: Storage, name: str) -> Content:
    content = await storage.open(name)
    assert content is not None
    return content


async def test_what_is_on_the_disk_is_read_there(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket
) -> None:
    (storage.folder / "files").mkdir(parents=True)
    (storage.folder / FILM).write_bytes(b"here")

    assert await everything(await opened(storage, FILM)) == b"here"
    assert bucket.asked == 0


async def test_what_is_in_the_bucket_comes_from_there(autojump_clock: MockClock, storage: Storage) -> None:
    content = await opened(storage, FILM)
    await content.ready()

    assert content.size == len(content) == len(DATA)
    assert await everything(content) == DATA


@pytest.mark.parametrize(("first", "end"), [(0, 1), (100, 100), (MOST - 1, MOST + 1), (len(DATA) - 1, len(DATA))])
async def test_a_part_of_it(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket, first: int, end: int
) -> None:
    content = await opened(storage, FILM)
    content.narrow(first, end)
    await content.ready()

    assert await everything(content) == DATA[first:end]
    assert bucket.asked == (1 if end > first else 0)


async def test_what_nobody_knows_is_not_there_and_asks_nobody(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket
) -> None:
    bucket.put_bytes("files/unknown.jpg", b"x")

    assert await storage.open("files/unknown.jpg") is None
    assert await storage.address("files/unknown.jpg") is None
    assert bucket.asked == 0


async def test_what_is_deleted_is_not_there_although_the_bucket_still_has_it(
    autojump_clock: MockClock, storage: Storage, here: Here
) -> None:
    await here.db.write(placing.leave, [FILM])

    assert await storage.open(FILM) is None
    assert await storage.address(FILM) is None


async def test_where_everybody_can_read_it(autojump_clock: MockClock, storage: Storage) -> None:
    assert await storage.address(FILM) == f"https://cdn.example/{FILM}"


async def test_a_bucket_that_is_away_is_said_and_not_asked_again_at_once(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket
) -> None:
    bucket.down = True
    for _ in range(3):
        content = await opened(storage, FILM)
        with pytest.raises(Unavailable) as caught:
            await content.ready()
        content.close()
    asked, bucket.down = bucket.asked, False
    await trio.sleep(REST)

    assert (asked, caught.value.retry_after) == (1, REST)
    assert "bucket" not in caught.value.message
    assert await everything(await opened(storage, FILM)) == DATA


async def test_a_bucket_that_goes_away_in_the_middle_breaks_off(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket
) -> None:
    content = await opened(storage, FILM)
    await content.ready()
    bucket.down = True

    with pytest.raises(OSError, match="to its end"):
        await everything(content)
    content.close()


async def test_what_the_bucket_has_lost_is_not_there(
    autojump_clock: MockClock, storage: Storage, bucket: MemoryBucket
) -> None:
    bucket.lose(FILM)
    content = await opened(storage, FILM)

    with pytest.raises(NotFound):
        await content.ready()
    content.close()


async def test_many_who_read_at_once_share_a_little_memory() -> None:
    asked: list[int] = []

    async def fetch(first: int, end: int) -> bytes:
        asked.append(end - first)
        return bytes(end - first)

    readers = Readers()
    many = [Afar(1 << 30, fetch, readers, Aside(threads=False)) for _ in range(1000)]
    for each in many:
        await each.ready()
    crowded = sum(asked)
    for each in many[1:]:
        each.close()
        each.close()
    await many[0].piece()
    many[0].narrow(0, 1 << 30)
    await many[0].ready()
    many[0].close()

    assert crowded == 1000 * LEAST
    assert (asked[-1], readers.count) == (MOST, 0)


def test_the_names_of_files_that_may_be_in_a_bucket(tmp_path: Path) -> None:
    """Nothing that is coming, half written, or drawn."""
    for name in ("files/a.jpg", "files/.b.jpg", "avatars/c.png", "avatars/default.png", "remote/d.jpg", "incoming/e"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert list(names_below(tmp_path)) == [["avatars/c.png"], ["files/a.jpg"], ["remote/d.jpg"]]
