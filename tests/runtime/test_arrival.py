"""Files that are read while they come, and what only passes through."""

from contextlib import closing
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from smallfed.errors import Unavailable, Unreachable
from smallfed.runtime.arrival import Arrival, BrokenOff
from smallfed.runtime.passing import Part, Passing

WHOLE = bytes(range(256)) * 4


async def test_whoever_reads_waits_for_what_comes(tmp_path: Path, autojump_clock: MockClock) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"")
    arrival = Arrival(path, path.with_name("settled.mp4"), whole=len(WHOLE), media_type="video/mp4")
    got: dict[str, bytes] = {}

    async def read(name: str, first: int, end: int) -> None:
        reader = arrival.open()
        reader.narrow(first, end)
        got[name] = b""
        while len(reader):
            got[name] += await reader.piece()
        reader.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read, "all", 0, len(WHOLE))
        nursery.start_soon(read, "end", 1000, len(WHOLE))
        nursery.start_soon(read, "nothing", 5, 5)
        for here in range(100, len(WHOLE) + 100, 100):
            await trio.sleep(1)
            path.write_bytes(WHOLE[:here])
            arrival.grown(min(here, len(WHOLE)))

    assert got == {"all": WHOLE, "end": WHOLE[1000:], "nothing": b""}


async def test_what_stops_coming_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(WHOLE[:10])
    arrival = Arrival(path, path.with_name("settled.mp4"), whole=len(WHOLE), media_type="video/mp4")
    arrival.grown(10)
    reader = arrival.open()

    assert await reader.piece() == WHOLE[:10]
    arrival.fail()
    with pytest.raises(BrokenOff):
        await reader.piece()
    reader.close()
    reader.close()


@pytest.mark.parametrize(
    ("status", "headers", "first", "end", "part"),
    [
        (206, {"content-range": "bytes 5-9/100"}, 5, None, Part(first=5, end=10, whole=100)),
        (206, {"content-range": "bytes 5-99/100"}, 5, 8, Part(first=5, end=8, whole=100)),
        (200, {"content-length": "100"}, 5, None, Part(first=0, end=100, whole=100)),
        (200, {"content-length": "100"}, 5, 8, Part(first=0, end=100, whole=100)),
        (200, {"content-length": "100"}, 0, 8, Part(first=0, end=8, whole=100)),
        (206, {"content-range": "bytes 6-9/100"}, 5, None, None),
        (206, {"content-range": "bytes 5-4/100"}, 5, None, None),
        (206, {"content-range": "bytes 5-100/100"}, 5, None, None),
        (206, {"content-range": "bytes 5-9/*"}, 5, None, None),
        (206, {}, 5, None, None),
        (200, {}, 0, None, None),
        (200, {"content-length": "many"}, 0, None, None),
        (204, {"content-length": "0"}, 0, None, None),
    ],
)
async def test_which_part_comes(
    status: int, headers: dict[str, str], first: int, end: int | None, part: Part | None
) -> None:
    passing = Passing(first=first, end=end, fits=lambda start: True)

    if part is None:
        with pytest.raises(Unreachable):
            await passing.begin(status, list(headers.items()))
    else:
        await passing.begin(status, list(headers.items()))
        assert (passing.part, passing.size, len(passing)) == (part, part.whole, part.end - part.first)


async def test_what_passes_is_what_was_promised_and_no_more() -> None:
    """Its beginning is looked at as a whole, however small the pieces are in which it comes."""
    passing = Passing(first=0, fits=lambda start: start.startswith(b"film"))
    other = Passing(first=0, fits=lambda start: start.startswith(b"film"))
    for each in (passing, other):
        await each.begin(200, [("content-length", "10")])
    got: list[bytes] = []

    async def read() -> None:
        await passing.ready()
        while len(passing):
            got.append(await passing.piece())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        for part in (b"fi", b"lm1234", b"56789"):
            await passing.write(part)

    assert b"".join(got) == b"film123456"
    await other.write(b"<h")
    with pytest.raises(Unreachable):
        await other.write(b"tml>12345")
    other.end()
    with pytest.raises(Unavailable):
        await other.ready()
    with pytest.raises(BrokenOff):
        await other.piece()


async def test_what_breaks_off_before_anything_came_can_still_be_refused(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"")
    arrival = Arrival(path, path.with_name("settled.mp4"), whole=len(WHOLE), media_type="video/mp4")
    reader = arrival.open()
    path.unlink()
    arrival.fail()

    with pytest.raises(Unavailable):
        await reader.ready()
    with pytest.raises(Unavailable):
        arrival.open()
    reader.close()


async def test_it_is_found_also_while_it_gets_its_name(tmp_path: Path) -> None:
    path, settled = tmp_path / ".film", tmp_path / "film"
    path.write_bytes(WHOLE)
    arrival = Arrival(path, settled, whole=len(WHOLE), media_type="video/mp4")
    arrival.grown(len(WHOLE))

    path.rename(settled)

    with closing(arrival.open()) as reader:
        assert await reader.piece() == WHOLE[: 64 << 10]
