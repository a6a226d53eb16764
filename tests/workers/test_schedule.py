"""The schedule: old books are closed, and the space they took is given back."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import trio
from trio.testing import MockClock

from smallfed.config import Config
from smallfed.runtime.clock import VirtualClock
from smallfed.runtime.database import Database
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts
from smallfed.workers.schedule import Schedule
from tests.prepared import prepared
from tests.world import NOW

ROWS = 600


def fill(tx: Tx) -> None:
    for number in range(ROWS):
        tx.run("INSERT INTO undone (actor, activity, created_at) VALUES ('a', ?, 0)", f"{number}{'x' * 2000}")


def pages(tx: Tx) -> tuple[int, int]:
    return tx.one("PRAGMA page_count")[0], tx.one("PRAGMA freelist_count")[0]


async def test_what_is_forgotten_gives_its_space_back(tmp_path: Path, autojump_clock: MockClock) -> None:
    path = tmp_path / "smallfed.db"
    prepared(path)
    db = Database(path, VirtualClock(NOW), publish=lambda _: None, threaded=False)
    parts: Any = SimpleNamespace(db=db, config=Config(data=tmp_path))

    async with trio.open_nursery() as nursery:
        await nursery.start(db.run)
        await db.write(fill)
        before, _ = await db.read(pages)
        gone = await Schedule(cast("Parts", parts)).tidy()
        after, free = await db.read(pages)
        nursery.cancel_scope.cancel()

    assert gone == {"undone": ROWS}
    assert free == 0
    assert after < before / 2
