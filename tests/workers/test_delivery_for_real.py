"""Delivering through the real client, the real database and real threads, to a listener on loopback."""

from collections.abc import AsyncIterator
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path

import pytest
import trio

from smallfed.config import Endpoint
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.message import Message
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Client
from smallfed.runtime.clock import Clock, chance
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import INSTANCE_RSA, OWNER_RSA, Identity
from smallfed.workers.delivery import Deliverer
from smallfed.workers.lanes import BATCH
from smallfed.workers.synchronising import Digests
from tests.prepared import prepared
from tests.workers.post_office import HOUSE, KEY, queue

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Listener:
    """A server for all names that keeps what it is sent and accepts it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.expected = 0
        self.complete = trio.Event()

    async def serve(self, stream: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError):  # the test is over
            await self._listen(stream)

    async def _listen(self, stream: trio.SocketStream) -> None:
        waiting = b""
        while chunk := await stream.receive_some():
            waiting += chunk
            head, _, rest = waiting.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            length = int(headers["content-length"])
            if len(rest) >= length:
                self._keep(lines[0], headers, rest[:length])
                waiting = rest[length:]
                await stream.send_all(ACCEPTED)

    def _keep(self, line: str, headers: dict[str, str], body: bytes) -> None:
        method, target, _ = line.split()
        message = Message(
            method=method,
            authority=headers["host"],
            target=target,
            headers=tuple(headers.items()),
            scheme="http",
            body=body,
        )
        self.messages.append(message)
        if len(self.messages) == self.expected:
            self.complete.set()


@pytest.fixture
async def listener() -> AsyncIterator[tuple[Listener, int]]:
    listener = Listener()
    async with trio.open_nursery() as nursery:
        sockets = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, listener.serve, sockets)
        yield listener, sockets[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


async def test_every_delivery_arrives_with_a_good_signature(tmp_path: Path, listener: tuple[Listener, int]) -> None:
    there, port = listener
    there.expected = 4 * BATCH
    names = [f"host{number}.example" for number in range(2 * BATCH)]
    inboxes = [f"http://{name}/users/{user}/inbox" for name in names for user in ("bob", "eve")]
    clock, aside = Clock(), Aside()
    prepared(tmp_path / "smallfed.db")
    db = Database(tmp_path / "smallfed.db", clock, publish=lambda events: None, aside=aside)
    identity = Identity(clock)
    identity.load(HOUSE, dict.fromkeys((OWNER_RSA, INSTANCE_RSA), (KEY.pem(), KEY.public.pem())))
    http = Client(
        user_agent="test",
        aside=aside,
        allow=[ip_network("127.0.0.1/32")],
        allow_http=True,
        resolve={name: Endpoint("127.0.0.1", port) for name in names},
    )

    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)
        await db.write(queue, inboxes, body='{"type": "Create"}')
        await nursery.start(http.run)
        digests = Digests(db, Hub(), identity)
        await nursery.start(Deliverer(db, http, clock, chance, identity, Bell(), aside, digests).run)
        with trio.fail_after(20):
            await there.complete.wait()
        nursery.cancel_scope.cancel()

    assert sorted(f"http://{one.authority}{one.target}" for one in there.messages) == sorted(inboxes)
    assert {one.body for one in there.messages} == {b'{"type": "Create"}'}
    assert [one for one in there.messages if not is_ours(one, clock)] == []


def is_ours(message: Message, clock: Clock) -> bool:
    claims = verifying.admit(message, now=clock.now(), hosts=frozenset({message.authority}))
    return [(claim.key_id, verifying.check(claim, message, KEY.public)) for claim in claims] == [(HOUSE.key_id, True)]
