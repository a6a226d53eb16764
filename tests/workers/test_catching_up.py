"""Catching up with servers that do not mean it well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import trio
from trio.testing import MockClock

from smallfed.config import Away
from smallfed.policy.away import PATIENT
from smallfed.runtime.aside import Aside
from smallfed.store import accounts, follows, gaps
from smallfed.store.tx import Tx
from smallfed.workers.catching_up import CatchingUp
from smallfed.workers.fetching import Fetcher
from smallfed.workers.proving import Proving
from tests import world
from tests.workers.far import Person
from tests.workers.house import Here, living
from tests.workers.outbox import Outbox, announce

BOB, CAROL = Person("bob@far.example"), Person("carol@other.example")


def been_away(tx: Tx) -> None:
    """The owner has followed bob for long; we were away for a day."""
    bob = accounts.find_uri(tx, BOB.uri)
    assert bob is not None
    world.befriend(tx, accounts.owner(tx), bob, created_at=tx.now - timedelta(days=100))
    assert follows.has(tx, accounts.owner(tx).id, bob.id)
    tx.run("INSERT INTO heartbeats (id, beat_at) VALUES (1, ?)", int((tx.now.timestamp() - 86_400) * 1000))


def boost(number: int, uri: str) -> dict[str, Any]:
    return announce(BOB, 0, uri) | {"id": f"https://far.example/boosts/{number}"}


@asynccontextmanager
async def catching_up(folder: Path, boosts: list[dict[str, Any]]) -> AsyncIterator[Here]:
    """We are back, and bob has boosted all that."""
    async with living(folder) as here, trio.open_nursery() as nursery:
        BOB.settle(here.http, outbox=f"{BOB.uri}/outbox")
        CAROL.settle(here.http)
        Outbox(here.http, BOB).put(boosts)
        fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
        await fetcher.actor(BOB.uri)
        await here.db.write(been_away)
        proving = Proving(fetcher, here.clock, Aside(threads=False))
        await nursery.start(CatchingUp(here.db, fetcher, proving, here.clock, Away(catch_up=True)).run)
        yield here
        nursery.cancel_scope.cancel()


async def test_a_page_that_never_comes_to_an_end_is_left(tmp_path: Path, autojump_clock: MockClock) -> None:
    """A hundred boosts of what is nowhere take longer than a page may take, however often it is tried."""
    boosts = [boost(number, f"https://victim.example/{number}") for number in range(100)]
    async with catching_up(tmp_path, boosts) as here:
        await trio.sleep(3600)

        assert await here.db.read(gaps.waiting) == 0
        assert here.http.count("victim.example") == (PATIENT + 1) * 60  # seconds that a page may take


async def test_what_takes_longer_than_one_look_is_not_lost(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with catching_up(tmp_path, [boost(number, CAROL.note(number)["id"]) for number in range(100)]) as here:
        for number in range(100):
            here.http.put(CAROL.note(number)["id"], CAROL.note(number))
        await trio.sleep(3600)

        bob = await here.db.read(accounts.find_uri, BOB.uri)
        assert bob is not None
        shown = await here.db.read(lambda tx: tx.one("SELECT count(*) FROM posts WHERE account_id = ?", bob.id))
        assert shown == (100,)


async def test_it_is_asked_in_the_name_of_the_owner(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Mastodon shows followers, and nobody else, also what is for them."""
    async with catching_up(tmp_path, [boost(1, CAROL.note(1)["id"])]) as here:
        before = len(here.http.signed)
        await trio.sleep(3600)

        assert here.http.asked[before:] != []
        owner = 'keyId="https://home.example/users/alice#main-key"'
        assert all(owner in headers["signature"] for headers in here.http.signed[before:])
