"""A process that writes and says so, to be killed, traced and starved by the tests of this folder.

Run as ``python -m tests.durability.child PATH CALLERS COUNT``: each of CALLERS tasks stores COUNT pairs of rows, one
after the other, and tells standard output ``ask N`` before and ``ack N`` after each.
"""

import os
import sys
from itertools import count
from pathlib import Path

import trio

from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.store.tx import Tx


def store(tx: Tx, number: int) -> None:
    """Store two rows that belong together."""
    tx.run("INSERT INTO pairs VALUES (?, 1)", number)
    tx.run("INSERT INTO pairs VALUES (?, 2)", number)


def say(word: str, number: int) -> None:
    """Tell the test; one system call, so that a kill cannot take back what was said."""
    os.write(1, f"{word} {number}\n".encode())


async def main(path: Path, callers: int, calls: int) -> None:
    db = Database(path, Clock(), publish=lambda events: None)

    async def call(numbers: "count[int]") -> None:
        for _ in range(calls):
            number = next(numbers)
            say("ask", number)
            await db.write(store, number)
            say("ack", number)

    async with trio.open_nursery() as house:
        await house.start(db.run)
        (last,) = await db.read(lambda tx: tx.one("SELECT coalesce(max(call), 0) FROM pairs"))
        numbers = count(last + 1)
        async with trio.open_nursery() as nursery:
            for _ in range(callers):
                nursery.start_soon(call, numbers)
        house.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main, Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
