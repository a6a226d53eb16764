"""Files on their way out, to those who take them and those who do not."""

import os
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smallfed.federation.exchange import Reply, answer
from smallfed.federation.sending import PATIENCE
from smallfed.pages.asgi import DROP
from smallfed.runtime.aside import Aside
from smallfed.runtime.content import PIECE, Content, Opening

SIZE = 3 * PIECE + 1


@pytest.fixture
async def content(tmp_path: Path) -> Content:
    path = tmp_path / "cat.png"
    path.write_bytes(bytes(SIZE))
    found = await Opening(Aside(threads=False)).open(str(path))
    assert found is not None
    return found


async def test_who_takes_it_slowly_gets_all_of_it(content: Content, autojump_clock: MockClock) -> None:
    got = list[int]()

    async def send(message: dict[str, Any]) -> None:
        await trio.sleep(PATIENCE * 0.4)
        got.append(len(message.get("body", b"")))

    await answer(Reply(body=content), {"type": "http", "method": "GET", "state": {}}, send)

    assert got == [0, PIECE, PIECE, PIECE, 1]


async def test_who_does_not_take_it_is_dropped(content: Content, autojump_clock: MockClock) -> None:
    """Sending is shielded, as it is in hypercorn, and ends when the connection does."""
    dropped = trio.Event()

    async def send(_message: dict[str, Any]) -> None:
        with trio.CancelScope(shield=True):
            await dropped.wait()

    begun = trio.current_time()
    await answer(Reply(body=content), {"type": "http", "method": "GET", "state": {DROP: dropped.set}}, send)

    assert trio.current_time() - begun == pytest.approx(PATIENCE)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(content._descriptor)
