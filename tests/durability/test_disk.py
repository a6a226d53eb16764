"""A disk that takes no more: the process lives, reading goes on, and writing comes back with the room."""

import subprocess
import sys
from pathlib import Path

from tests.durability.looking import whole_calls

PROGRAM = """
import resource, sys
from pathlib import Path
import trio
from smallfed.errors import Unavailable
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from tests.durability.child import store

def count(tx):
    return tx.one("SELECT count(*) FROM pairs")[0]

def limit(size):
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

async def main(path):
    db = Database(path, Clock(), publish=lambda events: None)
    async with trio.open_nursery() as house:
        await house.start(db.run)
        stored, refused = 0, 0
        limit(300_000)  # of any file: the log stops growing in the middle of a transaction
        for number in range(1, 101):
            try:
                await db.write(store, number)
                stored += 1
            except Unavailable:
                refused += 1
        print(refused > 0, db.health.full, db.health.alive, await db.read(count) == 2 * stored)
        limit(resource.RLIM_INFINITY)
        await db.write(store, 1000)
        print(db.health.ok, await db.read(count) == 2 * stored + 2)
        house.cancel_scope.cancel()

trio.run(main, Path(sys.argv[1]))
"""


def test_a_log_that_cannot_grow(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.split() == ["True"] * 6
    assert 1000 in whole_calls(path)
