"""The index is built after an upgrade, and what comes is taken in soon, without anybody waiting for it."""

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.events import PostReceived
from smallfed.domain.post import Post
from smallfed.services.indexing import SLICE
from smallfed.store import posts, searchables
from smallfed.store.tx import Tx
from smallfed.workers.indexing import FIRST, SOON, Indexing
from tests import world
from tests.mastodon.api import Api, living
from tests.mastodon.facts import hear


def forget(tx: Tx) -> None:
    """Leave the database as it was before there was an index."""
    tx.run("DELETE FROM searchables")
    searchables.clear(tx)
    searchables.begin_round(tx)


async def found(api: Api) -> int:
    """Return how many posts are found, at most 40."""
    answer = await api.ask("GET", "/api/v2/search", query={"q": "hello", "limit": "40"})
    return len(answer.json()["statuses"])


async def test_it_is_built_after_the_start(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with living(tmp_path) as api, trio.open_nursery() as nursery:
        bob = await api.know("bob@peer.example", indexable=True)
        for _ in range(3):
            await hear(api, bob)
        await api.do(forget)

        await nursery.start(Indexing(api.parts).run)

        at_once = await found(api)
        await trio.sleep(FIRST + 1)
        assert (at_once, await found(api)) == (0, 3)
        nursery.cancel_scope.cancel()


def come(tx: Tx, author: Account, number: int) -> Post:
    """Let a post of somebody else come, as it does from the inbox."""
    post = world.say(tx, author, content="<p>hello</p>", uri=f"{author.uri}/notes/{number}")
    tx.announce(PostReceived(post=post.id, fresh=True))
    return post


def indexed(tx: Tx) -> int:
    """Return how many posts stand in the index."""
    return len(searchables.matches(tx, "marks : any", above=0, below=1 << 62, limit=1000))


async def test_what_comes_is_found_within_a_second(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with living(tmp_path) as api, trio.open_nursery() as nursery:
        agrees, does_not = [await api.know(f"{name}@peer.example", indexable=name == "yes") for name in ("yes", "no")]
        await nursery.start(Indexing(api.parts).run)
        await trio.sleep(10)

        for number in range(SLICE + 10):
            gone = await api.do(come, agrees, number)
        await api.do(posts.drop, gone.id)
        await api.do(come, does_not, 1)
        at_once = await found(api)
        await trio.sleep(2 * SOON)

        assert (at_once, await found(api)) == (0, 40)
        assert [await api.do(indexed), await api.do(searchables.arrived, 10)] == [SLICE + 9, []]
        nursery.cancel_scope.cancel()


async def test_what_had_come_before_a_crash_is_found_after_it(tmp_path: Path, autojump_clock: MockClock) -> None:
    async with living(tmp_path) as api, trio.open_nursery() as nursery:
        await api.do(come, await api.know("bob@peer.example", indexable=True), 1)

        await nursery.start(Indexing(api.parts).run)
        await trio.sleep(SOON)

        assert await found(api) == 1
        nursery.cancel_scope.cancel()


async def test_a_post_that_cannot_be_read_keeps_no_other_from_being_found(
    tmp_path: Path, autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with living(tmp_path) as api, trio.open_nursery() as nursery:
        bob = await api.know("bob@peer.example", indexable=True)
        await api.do(come, bob, 1)
        bad = await api.do(come, bob, 2)
        await api.do(
            lambda tx: tx.run("INSERT INTO polls (post_id, multiple, ends_at) VALUES (?, 0, ?)", bad.id, 1 << 62)
        )

        await nursery.start(Indexing(api.parts).run)
        await trio.sleep(SOON)

        assert await found(api) == 1
        assert [r.message for r in caplog.records] == [
            "posts could not be taken in together",
            f"post {bad.id} cannot be searched",
        ]
        nursery.cancel_scope.cancel()
