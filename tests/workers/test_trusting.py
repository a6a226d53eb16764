"""Lists of others while they are read and reckoned: in slices, so that nobody waits for a long one."""

from collections.abc import AsyncIterator, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
import trio
from msgspec import structs
from trio.testing import MockClock

from smallfed.domain.blocklist import Blocklist, Entry, State
from smallfed.domain.events import DomainBlocked
from smallfed.errors import Invalid
from smallfed.policy.quorum import Terms
from smallfed.protocol.signatures.digest import content_digest
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import seeded
from smallfed.runtime.database import Database
from smallfed.services import reckoning, trusting
from smallfed.services.trusting import Trust
from smallfed.store import blocklist_entries, blocklists, domain_blocks
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.list_sources import Sources
from smallfed.workers.trusting import SLICE, Trusting
from tests.workers.house import Here, living

URL = "https://lists.example/blocks.csv"
MANY = 5 * SLICE
ROWS = 3 * SLICE  # of a slice: what is said, what is to be reckoned, and an index of it at most


class Measured:
    """A database that counts how many rows each transaction changes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.changes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    async def patient_write(self, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await self._db.patient_write(self._measure, f, *args, **kwargs)

    def _measure(self, tx: Tx, f: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        before = tx.sql.total_changes
        try:
            return f(tx, *args, **kwargs)
        finally:
            self.changes.append(tx.sql.total_changes - before)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


def reader(here: Here, db: Measured) -> Trusting:
    documents, aside = Fetcher(here.db, here.http, here.clock, here.identity).documents, Aside(threads=False)
    sources = Sources(here.db, here.http, documents, aside, here.identity)
    return Trusting(cast("Database", db), sources, here.clock, seeded(1), aside, Terms(), Bell())


def held(tx: Tx) -> int:
    return int(tx.one("SELECT count(*) FROM domain_blocks WHERE origin = 'lists'")[0])


async def subscribed(here: Here) -> Blocklist:
    made = await here.db.write(trusting.subscribe, URL, Trust(name="long", weight=2, automatic=True))
    return await here.db.read(blocklists.get, made.name)


def names(start: int = 0) -> bytes:
    return "".join(f"spam{number}.example\n" for number in range(start, start + MANY)).encode()


async def test_no_transaction_is_longer_than_a_slice(here: Here, autojump_clock: MockClock) -> None:
    """To read a long list, to read another in its place, and to let hold or end what comes of it."""
    db = Measured(here.db)
    reading = reader(here, db)
    here.http.put(URL, names(), type_="text/csv")
    known = await subscribed(here)

    await reading.refresh(known)
    await reading.reckon()
    first = await here.db.read(held)
    here.http.put(URL, names(MANY), type_="text/csv")
    await reading.refresh(await here.db.read(blocklists.get, "long"), believe=True)
    await reading.reckon()
    second = await here.db.read(held)
    await here.db.write(trusting.unsubscribe, "long")
    await reading.reckon()

    assert (first, second, await here.db.read(held)) == (MANY, MANY, 0)
    assert max(db.changes) <= ROWS
    assert sum(db.changes) > 8 * MANY
    assert await here.db.read(lambda tx: tx.one("SELECT count(*) FROM blocklist_entries")) == (0,)


async def test_what_comes_in_pieces_is_settled_once(here: Here, autojump_clock: MockClock) -> None:
    """A file is brought by a command in many calls: between them nothing is done that is to be done for all of it."""
    reading = reader(here, Measured(here.db))
    known = await subscribed(here)
    settled = here.hub.begin(kinds=[DomainBlocked])
    async with trio.open_nursery() as nursery:
        await nursery.start(reading.run)
        await trio.sleep(5)
        for number in range(20):
            await here.db.write(trusting.take, known.id, [Entry(subject=f"spam{number}.example")])
            reading._bell.ring()
            await trio.sleep(0.05)
        await trio.sleep(5)
        nursery.cancel_scope.cancel()

    assert len(await settled.some(most=99)) <= 2
    assert await here.db.read(held) == 20


async def test_what_is_taken_back_goes_in_slices_and_comes_back(here: Here, autojump_clock: MockClock) -> None:
    """Nothing of it counts from the first moment on; a list that is resumed meanwhile says it again."""
    db = Measured(here.db)
    reading = reader(here, db)
    here.http.put(URL, names(), type_="text/csv")
    await reading.refresh(await subscribed(here))
    await reading.reckon()

    await here.db.write(trusting.take_back, "long")
    votes = await here.db.read(blocklist_entries.votes, ["spam7.example"])
    (word,) = await here.db.read(blocklist_entries.words, "spam7.example")
    resumed = await here.db.write(trusting.change, "long", Trust(paused=False))
    await reading.refresh(resumed)
    await reading.reckon()
    again = await here.db.read(held)
    await here.db.write(trusting.take_back, "long")
    await reading.reckon()
    (later,) = await here.db.read(blocklist_entries.words, "spam7.example")

    assert (votes, word.counts, word.retracted_at) == ({}, False, None)
    assert again == MANY
    assert await here.db.read(held) == 0
    assert later.retracted_at is not None
    assert max(db.changes) <= ROWS


@pytest.mark.parametrize("name", ["content-digest", "repr-digest"])
async def test_what_did_not_arrive_whole_is_not_believed(here: Here, autojump_clock: MockClock, name: str) -> None:
    """Where its server says by a checksum what it has sent; what it said before counts."""
    reading = reader(here, Measured(here.db))
    here.http.put(URL, names(), type_="text/csv")
    known = await subscribed(here)
    good, sum_ = here.http.pages[URL], content_digest(names())
    for body, error in ((names(), None), (names()[:-20], "its checksum is another one")):
        here.http.pages[URL] = structs.replace(good, headers=[*good.headers, (name, sum_)], body=body)

        with nullcontext() if error is None else pytest.raises(Invalid, match=error):
            await reading.refresh(known)

    after = await here.db.read(blocklists.get, "long")
    assert (after.state, after.size) == (State.FAILING, MANY)


async def test_what_waits_is_agreed_to_in_slices(here: Here, autojump_clock: MockClock) -> None:
    """As often as there is something left."""
    db = Measured(here.db)
    reading = reader(here, db)
    here.http.put(URL, names(), type_="text/csv")
    await reading.refresh(await subscribed(here))
    await here.db.write(trusting.change, "long", Trust(automatic=False))
    await reading.reckon()
    waiting = await here.db.read(held)

    agreed = [await db.patient_write(reckoning.agree) for _ in range(4)]
    await reading.reckon()

    assert waiting == 0
    assert agreed == [reckoning.MANY, reckoning.MANY, MANY - 2 * reckoning.MANY, 0]
    assert await here.db.read(held) == MANY
    assert max(db.changes) <= 2 * reckoning.MANY
    assert await here.db.read(domain_blocks.covers, "spam7.example")
