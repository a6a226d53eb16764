"""What is due about polls is done in time, whatever is wrong with one of them."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.draft import Ballot, Draft
from smallfed.domain.events import DeadlineSet
from smallfed.runtime.bell import Bell
from smallfed.services import posting
from smallfed.store import deadlines, notifications
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.workers.deadlines import Deadlines
from tests.workers.house import living


def publish(tx: Tx, lasts: int) -> int:
    ballot = Ballot(options=("tea", "cake"), lasts=lasts)
    return posting.publish(tx, Draft(text="?", html="<p>?</p>", poll=ballot)).id


def damage(tx: Tx, post: int) -> None:
    tx.run("UPDATE posts SET published_at = 1152921504606846976 WHERE id = ?", post)


def ended(tx: Tx) -> list[int | None]:
    return [one.post_id for one in notifications.newest(tx, Page())]


async def test_a_deadline_that_is_set_later_and_is_earlier_is_kept_first(
    tmp_path: Path, autojump_clock: MockClock
) -> None:
    bell = Bell()
    async with living(tmp_path) as here, trio.open_nursery() as nursery:
        here.hub.on(DeadlineSet, bell)
        await nursery.start(Deadlines(here.db, here.clock, bell).run)
        slow = await here.db.write(partial(publish, lasts=7200))
        await trio.sleep(600)
        quick = await here.db.write(partial(publish, lasts=300))

        seen = []
        for _ in range(3):
            await trio.sleep(301)
            seen.append(await here.db.read(ended))
        await trio.sleep(7200)
        at_last = await here.db.read(ended)
        nursery.cancel_scope.cancel()

    assert seen == [[quick]] * 3
    assert at_last == [slow, quick]


async def test_a_broken_poll_holds_up_no_other(
    tmp_path: Path, autojump_clock: MockClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with living(tmp_path) as here:
        broken = await here.db.write(partial(publish, lasts=300))
        sound = await here.db.write(partial(publish, lasts=400))
        await here.db.write(partial(damage, post=broken))
        await trio.sleep(1000)

        with trio.move_on_after(60):
            await Deadlines(here.db, here.clock, Bell()).run()
        told, next_due = await here.db.read(ended), await here.db.read(deadlines.next_due)

    assert told == [sound]
    assert next_due is not None
    assert timedelta(minutes=58) < next_due - here.clock.now() <= timedelta(hours=1)
    assert f"the end of the poll {broken}" in caplog.text
