"""What was kept is handled again, by the intake that is at work; what was done already changes nothing more."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smallfed.runtime.no_answer import NoAnswer
from smallfed.services import replaying
from smallfed.store import accounts
from smallfed.store.tx import Tx
from tests.store.test_keeping import counted, true_counts
from tests.workers.far import AS2
from tests.workers.house import Here, living
from tests.workers.test_intake import ALICE, BOB, NOTE, Mill, about, befriend, create, milling, put
from tests.world import say

Rows = list[tuple[Any, ...]]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


def our_post(tx: Tx) -> str:
    return say(tx, accounts.owner(tx)).uri


def unlearn(tx: Tx, letters: Rows) -> None:
    """Make the house one whose version understood none of it: every row is ignored, and has its letter."""
    tx.run("UPDATE inbound SET state = 'ignored', reason = 'Not understood.', settled_at = 1, waiting_for = NULL")
    tx.run("UPDATE inbound_hosts SET waiting = 0 WHERE host = ''")
    tx.run("DELETE FROM inbound_hosts WHERE host <> ''")
    for id_, body in letters:
        tx.run("INSERT OR REPLACE INTO letters (inbound_id, body) VALUES (?, ?)", id_, body)


def letters(tx: Tx) -> Rows:
    return tx.all("SELECT inbound_id, body FROM letters")


def facts(tx: Tx) -> dict[str, Rows]:
    """Everything that the activities could have changed. A Follow is always answered: the answer may have been lost."""
    return {
        "posts": tx.all("SELECT * FROM posts ORDER BY id"),
        "likes": tx.all("SELECT * FROM likes ORDER BY id"),
        "follows": tx.all("SELECT * FROM follows ORDER BY id"),
        "notifications": tx.all("SELECT * FROM notifications ORDER BY id"),
        "accounts": tx.all("SELECT id, uri FROM accounts ORDER BY id"),
        "sent": tx.all(
            "SELECT d.* FROM deliveries d JOIN bodies b ON b.id = d.body_id WHERE b.type <> 'Accept' ORDER BY d.id"
        ),
        "tombstones": tx.all("SELECT * FROM tombstones ORDER BY uri"),
    }


async def replay(mill: Mill, **choice: Any) -> dict[str, int]:
    """Do what the command does, and give the intake a while. The bell rings because of the event alone."""
    answer = await mill.here.db.write(partial(replaying.again, **choice))
    await trio.sleep(1)
    return answer


async def test_what_is_done_already_changes_nothing_more(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)
    ours = await here.db.write(our_post)
    activities = [
        create(BOB.note()),
        about("Like", ours),
        about("Follow", ALICE),
        about("Announce", ours) | {"to": [f"{AS2}#Public"], "cc": [f"{BOB.uri}/followers"]},
    ]

    for activity in activities:
        await here.db.write(put, activity, BOB.uri, False)
    kept = await here.db.read(letters)
    await here.db.write(unlearn, kept)

    async with milling(here) as mill:
        assert await mill.outcomes() == [("ignored", "Not understood.")] * 4
        found = [await here.db.read(facts)]
        for _ in range(3):
            assert await replay(mill) == {"again": 4, "gone": 0, "blocked": 0, "left": 0}
            assert await mill.outcomes() == [("done", None)] * 4
            assert await here.db.read(counted) == {"": 0} == await here.db.read(true_counts)
            found.append(await here.db.read(facts))
            await here.db.write(unlearn, kept)

    before, first, second, third = found
    new = {name: len(first[name]) - len(before[name]) for name in first}
    assert new == {"posts": 2, "likes": 1, "follows": 1, "notifications": 3, "accounts": 0, "sent": 0, "tombstones": 0}
    assert first == second == third


async def test_what_is_still_not_understood_is_kept_again(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)

    async with milling(here) as mill:
        await mill.put(about("Dance", NOTE), b"{")
        await trio.sleep(1)
        before = await mill.outcomes()
        assert [state for state, _ in before] == ["ignored", "ignored"]

        assert (await replay(mill))["again"] == 2

        assert sorted(await mill.outcomes()) == sorted(before)
        assert (await replay(mill, kind="Dance"))["again"] == 1


async def test_what_is_parked_is_tried_before_its_time(here: Here, autojump_clock: MockClock) -> None:
    """Its author's server was down and is back."""
    async with milling(here) as mill:
        here.http.pages[BOB.uri] = NoAnswer("timeout", "far.example is silent")
        await mill.put(about("Follow", ALICE))
        await trio.sleep(1)
        assert [state for state, _ in await mill.outcomes()] == ["parked"]
        BOB.settle(here.http)

        assert (await replay(mill))["again"] == 0
        assert (await replay(mill, parked=True, host=BOB.host))["again"] == 1

        assert await mill.outcomes() == [("done", None)]
        assert await here.db.read(counted) == {"": 0}
