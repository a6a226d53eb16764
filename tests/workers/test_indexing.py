"""The index is built after an upgrade, without anybody waiting for it."""

from pathlib import Path

import trio
from trio.testing import MockClock

from smallfed.store import searchables
from smallfed.store.tx import Tx
from smallfed.workers.indexing import FIRST, Indexing
from tests.mastodon.api import Api, living
from tests.mastodon.facts import hear


def forget(tx: Tx) -> None:
    """Leave the database as it was before there was an index."""
    tx.run("DELETE FROM searchables")
    searchables.clear(tx)
    searchables.begin_round(tx)


async def found(api: Api) -> int:
    """Return how many posts are found."""
    answer = await api.ask("GET", "/api/v2/search", query={"q": "hello"})
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
