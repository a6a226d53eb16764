"""Files on their way out: opened at once or in a thread, given to the system to send, however slowly they are taken."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from smallfed.runtime.aside import Aside
from smallfed.runtime.content import LATELY, PIECE, Content, Opening

SIZE = (1 << 20) + 1
DATA = bytes(range(251)) * (SIZE // 251) + bytes(SIZE % 251)

handing = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere files go piece by piece")


class Counting(Aside):
    """Counts how often a thread was needed."""

    def __init__(self) -> None:
        super().__init__(threads=False)
        self.count = 0

    async def thread(self, *args: object, **options: object) -> object:  # type: ignore[override]
        self.count += 1
        return await super().thread(*args, **options)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "cat.png"
    file.write_bytes(DATA)
    return file


@pytest.fixture
async def content(path: Path) -> Content:
    found = await Opening(Aside(threads=False)).open(str(path))
    assert found is not None
    return found


@pytest.fixture
def pair() -> Iterator[tuple[trio.socket.SocketType, trio.socket.SocketType]]:
    """Two ends of a TCP connection that holds little."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        theirs = socket.socket()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        theirs.connect(listener.getsockname())
        ours, _ = listener.accept()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield trio.socket.from_stdlib_socket(ours), trio.socket.from_stdlib_socket(theirs)


async def taken(sock: trio.socket.SocketType, size: int, *, pause: float = 0.0) -> bytes:
    """Read ``size`` bytes, with a pause before every sip."""
    came = bytearray()
    while len(came) < size:
        await trio.sleep(pause)
        part = await sock.recv(32 << 10)
        assert part
        came += part
    return bytes(came)


# Opening --------------------------------------------------------------------------------------------------------------
async def test_what_was_opened_lately_needs_no_thread(path: Path) -> None:
    aside = Counting()
    opening = Opening(aside)

    for _ in range(3):
        found = await opening.open(str(path))
        assert found is not None
        found.close()

    assert aside.count == 1


async def test_what_is_gone_is_gone_at_once(path: Path) -> None:
    """Nothing is kept open: a file that is removed is not given out once more."""
    opening = Opening(Aside(threads=False))
    found = await opening.open(str(path))
    assert found is not None
    found.close()

    await trio.Path(path).unlink()

    assert await opening.open(str(path)) is None
    assert await opening.open(str(path / "below")) is None


async def test_only_so_many_names_are_remembered(tmp_path: Path) -> None:
    """Whoever asks for many files, or for what does not exist, fills nothing."""
    opening = Opening(Aside(threads=False))
    for number in range(LATELY + 10):
        file = tmp_path / str(number)
        file.touch()
        found = await opening.open(str(file))
        assert found is not None
        found.close()
        assert await opening.open(f"{tmp_path}/no-{number}") is None

    assert len(opening._lately) == LATELY


# Sending --------------------------------------------------------------------------------------------------------------
async def test_pieces_are_the_whole(content: Content) -> None:
    came = [await content.piece() for _ in range(SIZE // PIECE + 1)]
    content.close()

    assert b"".join(came) == DATA
    assert len(content) == 0


@handing
@pytest.mark.parametrize(("first", "end"), [(0, SIZE), (1, 2), (300_000, 900_001), (SIZE - 1, SIZE), (5, 5)])
async def test_the_system_sends_what_is_asked_for(
    content: Content, pair: tuple[trio.socket.SocketType, trio.socket.SocketType], first: int, end: int
) -> None:
    content.narrow(first, end)
    came = list[bytes]()

    async def take() -> None:
        came.append(await taken(pair[1], end - first))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take)
        await content.hand_over(pair[0], patience=10)
    content.close()

    assert came == [DATA[first:end]]


@handing
async def test_whoever_takes_it_slowly_gets_all_of_it(
    content: Content, pair: tuple[trio.socket.SocketType, trio.socket.SocketType]
) -> None:
    """It takes many times as long as anybody may take nothing."""
    patience, came, begun = 0.2, list[bytes](), trio.current_time()

    async def take() -> None:
        came.append(await taken(pair[1], SIZE, pause=patience / 5))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take)
        await content.hand_over(pair[0], patience=patience)
    content.close()

    assert came == [DATA]
    assert trio.current_time() - begun > 4 * patience


@handing
async def test_whoever_takes_nothing_is_waited_for_only_so_long(
    content: Content, pair: tuple[trio.socket.SocketType, trio.socket.SocketType]
) -> None:
    with pytest.raises(trio.TooSlowError):
        await content.hand_over(pair[0], patience=0.2)
    content.close()

    assert len(content) > 0


@handing
async def test_a_connection_may_be_closed_under_it(
    content: Content, pair: tuple[trio.socket.SocketType, trio.socket.SocketType]
) -> None:
    async with trio.open_nursery() as nursery:

        async def give() -> None:
            with pytest.raises(trio.ClosedResourceError):
                await content.hand_over(pair[0], patience=10)

        nursery.start_soon(give)
        await wait_all_tasks_blocked(0.05)
        pair[0].close()
    content.close()


@handing
@pytest.mark.parametrize("size", [0, 100_000])
async def test_a_file_that_has_become_shorter_is_not_taken_for_whole(
    path: Path, content: Content, pair: tuple[trio.socket.SocketType, trio.socket.SocketType], size: int
) -> None:
    os.truncate(path, size)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(taken, pair[1], size)
        with pytest.raises(OSError, match="shorter"):
            await content.hand_over(pair[0], patience=10)
    content.close()
