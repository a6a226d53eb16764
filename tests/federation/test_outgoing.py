"""What waits to be sent has a limit; whoever reads is not concerned."""

from typing import Any

import trio
from trio.testing import wait_all_tasks_blocked

from smallfed.federation.outgoing import MOST, SMALL, Outgoing
from smallfed.pages.asgi import DROP, Send


def connection(outgoing: Outgoing) -> tuple[Send, trio.Event]:
    """Return how to send to somebody who reads nothing, and the event of being dropped."""
    dropped = trio.Event()

    async def send(_message: dict[str, Any]) -> None:
        with trio.CancelScope(shield=True):
            await dropped.wait()

    return outgoing.counted({"type": "http", "state": {DROP: dropped.set}}, send), dropped


async def test_who_has_waited_longest_gives_way() -> None:
    outgoing = Outgoing()
    connections = [connection(outgoing) for _ in range(6)]
    body = {"type": "http.response.body", "body": bytes(MOST // 4)}

    async with trio.open_nursery() as nursery:
        for send, _ in connections:
            nursery.start_soon(send, body)
            await wait_all_tasks_blocked()
        gone = [dropped.is_set() for _, dropped in connections]
        for _, dropped in connections:
            dropped.set()

    assert gone == [True, True, False, False, False, False]


async def test_one_large_answer_and_many_small_ones_are_fine() -> None:
    outgoing = Outgoing()
    large, *small = [connection(outgoing) for _ in range(50)]

    async with trio.open_nursery() as nursery:
        nursery.start_soon(large[0], {"type": "http.response.body", "body": bytes(2 * MOST)})
        for send, _ in small:
            nursery.start_soon(send, {"type": "http.response.body", "body": bytes(SMALL)})
        await wait_all_tasks_blocked()
        gone = [dropped.is_set() for _, dropped in (large, *small)]
        for _, dropped in (large, *small):
            dropped.set()

    assert not any(gone)


async def test_what_was_taken_counts_no_more() -> None:
    outgoing, sent = Outgoing(), list[int]()

    async def send(message: dict[str, Any]) -> None:
        sent.append(len(message["body"]))

    for _ in range(20):
        await outgoing.counted({"type": "http", "state": {DROP: sent.clear}}, send)({"body": bytes(MOST // 2)})

    assert sent == [MOST // 2] * 20
