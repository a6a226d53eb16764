"""What is in memory of bodies has a limit; whoever sends little is not concerned."""

from typing import Any

import pytest
import trio

from smallfed.federation.coming import MOST, SMALL, SPARED, Coming
from smallfed.mastodon.uploads import are_taken
from smallfed.pages.asgi import DROP

CHUNK = MOST // 8


class Sender:
    """A connection on which a body comes, chunk by chunk."""

    def __init__(self, coming: Coming, address: str, path: str = "/inbox") -> None:
        self.dropped = trio.Event()
        self._chunk = b""
        self.body = coming.counted({"path": path, "state": {DROP: self.dropped.set}}, self._receive, address)

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._chunk, "more_body": True}

    async def send(self, size: int) -> None:
        self._chunk = bytes(size)
        assert len((await self.body())["body"]) == size


async def test_who_sends_most_at_once_gives_way_and_of_theirs_what_began_first() -> None:
    coming = Coming()
    honest = Sender(coming, "192.0.2.7")
    await honest.send(CHUNK)

    flood = [Sender(coming, f"192.0.2.{1 + number % 2}") for number in range(12)]
    for each in flood:
        await each.send(CHUNK)

    assert not honest.dropped.is_set()
    assert [each.dropped.is_set() for each in flood] == [True] * 5 + [False] * 7


async def test_a_network_of_addresses_is_one_sender() -> None:
    coming = Coming()
    honest = Sender(coming, "192.0.2.7")
    await honest.send(2 * CHUNK)

    flood = [Sender(coming, f"2001:db8::{number}") for number in range(9)]
    for each in flood:
        await each.send(CHUNK)

    assert not honest.dropped.is_set()
    assert sum(each.dropped.is_set() for each in flood) == 3


async def test_what_is_answered_counts_no_more() -> None:
    coming = Coming()

    for _ in range(20):
        sender = Sender(coming, "192.0.2.1")
        await sender.send(CHUNK)
        await sender.send(CHUNK)
        sender.body.end()
        assert not sender.dropped.is_set()


@pytest.mark.parametrize("path", SPARED)
async def test_small_bodies_and_uploads_are_not_counted(path: str) -> None:
    """An upload goes to the disk; a telephone may take a quarter of an hour for one."""
    coming = Coming()
    upload, small = Sender(coming, "192.0.2.1", path), [Sender(coming, "192.0.2.1") for _ in range(3)]

    for _ in range(20):
        await upload.send(CHUNK)
    for each in small:
        await each.send(SMALL)
    await Sender(coming, "192.0.2.1").send(MOST)

    assert are_taken(path)
    assert not upload.dropped.is_set()
    assert not any(each.dropped.is_set() for each in small)
