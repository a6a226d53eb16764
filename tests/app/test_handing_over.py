"""Files that the system sends by itself, through hypercorn on a real socket."""

import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from smallfed import listening
from smallfed.config.addresses import Bind, Endpoint, UnixSocket
from smallfed.federation import sending
from smallfed.federation.exchange import Reply, answer
from smallfed.hastening import MADE_FOR
from smallfed.pages.asgi import HAND_OVER, Receive, Scope, Send
from smallfed.runtime.aside import Aside
from smallfed.runtime.content import Content, Opening

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or version("hypercorn") != MADE_FOR, reason="elsewhere files go piece by piece"
)
SIZE = (3 << 20) + 1
DATA = bytes(range(251)) * (SIZE // 251) + bytes(SIZE % 251)
ASKED = b"GET /cat.jpg HTTP/1.1\r\nHost: home.example\r\n\r\n"


class House:
    """An application that answers with one file."""

    def __init__(self, path: Path, address: Any) -> None:
        self.path, self.address = path, address
        self.sent: list[Content] = []
        self.patience = list[int]()
        self.firsts = list[int]()  # of what is asked for, one after the other; 0 where none is said
        self.answered = trio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": f"{(await receive())['type']}.complete"})
            return
        content = await Opening(Aside(threads=False)).open(str(self.path))
        assert content is not None
        content.narrow(self.firsts.pop(0) if self.firsts else 0, SIZE)
        self.sent.append(content)
        connection = scope["state"][HAND_OVER].args[0]
        sock = connection.stream.socket
        async with trio.open_nursery() as nursery:

            async def look() -> None:
                await trio.sleep(0.05)
                self.patience.append(_user_timeout(sock))

            if self.address is not None:
                nursery.start_soon(look)
            await answer(Reply(body=content, content_type="image/jpeg"), scope, send)
            nursery.cancel_scope.cancel()
        self.answered.set()
        if sock.fileno() >= 0 and self.address is not None:
            self.patience.append(_user_timeout(sock))


def _user_timeout(sock: trio.socket.SocketType) -> int:
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)


@asynccontextmanager
async def serving(path: Path, bind: Bind) -> AsyncIterator[House]:
    sock = listening.listen(bind)
    house = House(path, sock.getsockname())
    over = trio.Event()
    async with trio.open_nursery() as nursery:
        await nursery.start(lambda task_status: listening.serve(house, sock, stop=over.wait, task_status=task_status))
        try:
            yield house
        finally:
            over.set()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "cat.jpg"
    path.write_bytes(DATA)
    async with serving(path, Endpoint(host="127.0.0.1", port=0)) as opened:
        yield opened


async def asked(house: House, said: bytes = ASKED, *, receives: int = 0) -> trio.SocketStream:
    """Connect and ask for the file."""
    sock = trio.socket.socket()
    if receives:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    await sock.connect(house.address)
    stream = trio.SocketStream(sock)
    await stream.send_all(said)
    return stream


async def read(stream: trio.abc.ReceiveStream, until: Callable[[bytes], bool]) -> bytes:
    came = bytearray()
    while not until(came):
        part = await stream.receive_some(65536)
        assert part, bytes(came[:1000])
        came += part
    return bytes(came)


async def whole(stream: trio.abc.ReceiveStream, ahead: bytearray | None = None) -> tuple[bytes, bytes]:
    """Return head and body of an answer with a length; ``ahead`` is what has come of the next one."""
    came = bytearray() if ahead is None else ahead
    while (begin := came.find(b"\r\n\r\n") + 4) < 4:
        came += await read(stream, lambda part: len(part) > 0)
    head = bytes(came[:begin])
    end = begin + int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    if len(came) < end:
        came += await read(stream, lambda part: len(came) + len(part) >= end)
    body = bytes(came[begin:end])
    del came[:end]
    return head, body


async def test_one_answer_follows_the_other_on_one_connection(house: House) -> None:
    house.firsts = [0, 7, SIZE - 5]
    stream, ahead = await asked(house, ASKED + ASKED), bytearray()

    answers = [await whole(stream, ahead), await whole(stream, ahead)]
    await stream.send_all(ASKED)
    answers.append(await whole(stream, ahead))

    assert [head.splitlines()[0] for head, _ in answers] == [b"HTTP/1.1 200 "] * 3
    assert [body for _, body in answers] == [DATA, DATA[7:], DATA[-5:]]
    assert ahead == b""
    await stream.aclose()


async def test_whether_there_is_a_file_and_how_large_it_is(house: House) -> None:
    stream = await asked(house, ASKED.replace(b"GET", b"HEAD"))

    head = await read(stream, lambda came: b"\r\n\r\n" in came)
    await stream.send_all(ASKED)

    assert head.partition(b"\r\n\r\n")[2] == b""
    assert b"content-length: %d\r\n" % SIZE in head
    assert (await whole(stream))[1] == DATA
    await stream.aclose()


async def test_whoever_leaves_in_the_middle_leaves_nothing_open(house: House) -> None:
    stream = await asked(house, receives=4096)
    await read(stream, lambda came: len(came) > 1000)
    await stream.aclose()
    with trio.fail_after(10):
        await house.answered.wait()

    again = await asked(house)

    assert house.sent[0]._descriptor < 0
    assert (await whole(again))[1] == DATA
    await again.aclose()


async def test_whoever_takes_nothing_is_dropped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.3)
    stream = await asked(house, receives=4096)

    with trio.fail_after(10):
        await house.answered.wait()

    with pytest.raises((trio.BrokenResourceError, AssertionError)):
        await read(stream, lambda came: len(came) > SIZE)
    await stream.aclose()


async def test_the_system_is_as_patient_as_we_are_while_a_file_is_sent(house: House) -> None:
    """It would end the connection of somebody who has halted a film for half a minute."""
    stream = await asked(house, receives=4096)
    await trio.sleep(0.2)

    body = (await whole(stream))[1]
    await trio.testing.wait_all_tasks_blocked(0.05)

    assert body == DATA
    assert house.patience == [sending.PATIENCE * 1000, listening.SEND_PATIENCE_MS]
    await stream.aclose()


async def test_a_unix_socket_does_it_too(tmp_path: Path) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(DATA)

    async with serving(path, UnixSocket(path=tmp_path / "s")) as house:
        house.address = None
        stream = await trio.open_unix_socket(tmp_path / "s")
        await stream.send_all(ASKED)
        answer = await whole(stream)
        await stream.aclose()

    assert answer[1] == DATA
