"""By what a server is cut off is asked once, until that changes."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from trio.testing import MockClock

from smallfed.domain.events import DomainBlocked
from smallfed.federation import barred
from smallfed.federation.barred import Barred
from smallfed.runtime.database import Database
from smallfed.services import blocking
from smallfed.store import domain_blocks
from tests.workers.house import Here, living


class Counted:
    """A database that counts what is read of it, and lets something happen while that is so."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.reads = 0
        self.meanwhile: Callable[[], object] = int

    async def read(self, f: Callable[..., Any], *args: Any) -> Any:
        self.reads += 1
        found = await self._db.read(f, *args)
        self.meanwhile()
        return found


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


async def test_it_is_asked_once_until_it_changes(here: Here, autojump_clock: MockClock) -> None:
    """For each host; what holds is known as soon as the block is on disk."""
    db = Counted(here.db)
    known = Barred(cast("Database", db), here.hub)

    before = [await known.by("deep.bad.example"), await known.by("deep.bad.example"), await known.anybody()]
    asked = db.reads
    await here.db.write(blocking.block_domain, "bad.example")
    during = await known.by("deep.bad.example"), await known.by("good.example"), await known.anybody()
    await here.db.write(blocking.unblock_domain, "bad.example")

    assert (before, asked) == ([None, None, False], 2)
    assert during == ("bad.example", None, True)
    assert (await known.by("deep.bad.example"), await known.anybody()) == (None, False)


async def test_what_was_read_before_a_change_is_not_remembered(here: Here, autojump_clock: MockClock) -> None:
    """A read may take its time in a thread, and the change come meanwhile."""
    db = Counted(here.db)
    known = Barred(cast("Database", db), here.hub)
    db.meanwhile = lambda: here.hub.publish([DomainBlocked(domain="bad.example", lifted=False)])

    await known.by("bad.example")
    db.meanwhile = int
    await here.db.write(domain_blocks.put, "bad.example")  # nobody is told of it

    assert await known.by("bad.example") == "bad.example"


async def test_strangers_fill_no_memory(here: Here, autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many hosts they come from."""
    monkeypatch.setattr(barred, "MOST", 10)
    known = Barred(here.db, here.hub)

    for number in range(35):
        assert await known.by(f"host{number}.example") is None

    assert len(known._known) <= 10
