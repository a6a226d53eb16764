"""Catching up: after a time in which we did not run, those who do not send are asked for what we missed.

Spec: PROTOCOL §6.2; SAFETY rules 8, 9, 23, 25, 26.

One reader for each server, which makes one request a second (``hearing``); every gap is a row.
"""

import logging
from datetime import timedelta
from math import inf

import trio

from smallfed.config import Away
from smallfed.errors import Forbidden, Gone, Invalid, Malformed, NotFound, SmallfedError, TooMany
from smallfed.observe.logging import event
from smallfed.policy import away
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.services import catching_up
from smallfed.store import gaps
from smallfed.store.gaps import Gap
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.hearing import Heard, Hearing
from smallfed.workers.proving import Proving

log = logging.getLogger(__name__)

HOSTS = 8  # servers that are asked side by side
FINAL = (NotFound, Gone, Forbidden, Invalid, Malformed)


class CatchingUp:
    """Knows when we were away, and reads what was said meanwhile. There must be one per database."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        proving: Proving,
        clock: Clock,
        options: Away,
        bell: Bell | None = None,
    ) -> None:
        self._db, self._clock, self._options, self._bell = db, clock, options, bell or Bell()
        self._hearing = Hearing(db, fetcher, proving, clock, pages=options.pages)
        self._busy: set[str] = set()
        self._farthest = timedelta(days=options.days)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the time, and catch up, until cancelled."""
        self._busy.clear()
        await self._beat(timedelta(0))
        async with trio.open_nursery() as nursery:
            task_status.started()
            nursery.start_soon(self._keep_beating)
            while True:
                for name in await self._db.read(gaps.due_hosts, busy=self._busy, limit=HOSTS - len(self._busy)):
                    self._busy.add(name)
                    nursery.start_soon(self._ask_host, name)
                await self._bell.listen(await self._pause())

    # Keeping the time -----------------------------------------------------------------------------------------------
    async def _keep_beating(self) -> None:
        while True:
            await trio.sleep(away.BEAT.total_seconds())
            await self._beat(away.BEAT)

    async def _beat(self, expected: timedelta) -> None:
        """Note that we are alive. Whether we were asleep meanwhile, or did not run, makes no difference."""
        beat = await self._db.patient_write(
            catching_up.beat, expected=expected, farthest=self._farthest, plan=self._options.catch_up
        )
        if beat.since is not None:
            event(log, "away", since=beat.since, accounts=beat.missed)
        if beat.silent:
            event(log, "away.silent hosts", accounts=beat.silent)
        if beat.near:
            event(log, "clock set back", waited=beat.near)
        if beat.missed or beat.silent or beat.near:
            self._bell.ring()

    async def _pause(self) -> float:
        if len(self._busy) >= HOSTS:
            return inf
        due = await self._db.read(gaps.next_due, busy=self._busy)
        return inf if due is None else (due - self._clock.now()).total_seconds()

    # One server -----------------------------------------------------------------------------------------------------
    async def _ask_host(self, name: str) -> None:
        """Read what is due of one server, account by account."""
        try:
            sent = await self._db.patient_write(gaps.judge, name)
            if sent:
                event(log, "away.sent by itself", host=name, accounts=sent)
            while (gap := await self._db.read(gaps.first, name)) is not None:
                await self._close(gap)
        finally:
            self._busy.discard(name)
            self._bell.ring()

    async def _close(self, gap: Gap) -> None:
        """Read a page of what an account may have said unheard; whatever goes wrong stays with its server."""
        heard: Heard | None
        try:
            heard = await self._hearing.hear(gap)
        except SmallfedError as error:
            heard = await self._failed(gap, error)
        except Exception as error:
            log.exception("catching up with account %d", gap.account_id)
            heard = Heard(why=repr(error))
        await self._db.patient_write(_note, gap, heard)
        if heard is not None and heard.why is not None:
            event(
                log,
                "caught up",
                account=heard.handle,
                since=gap.since,
                pages=gap.pages + heard.pages,
                posts=gap.posts + heard.posts,
                why=heard.why,
            )

    async def _failed(self, gap: Gap, error: SmallfedError) -> Heard | None:
        """Give up what is refused for good; else leave the server alone for a while, and that is None."""
        busy = error.retry_after if isinstance(error, TooMany) and gap.attempts < away.BUSY else None
        wait = away.again(gap.attempts + 1) if busy is None else timedelta(seconds=busy)
        if isinstance(error, FINAL) or wait is None:
            return Heard(why=error.message)
        due = self._clock.now() + wait
        await self._db.patient_write(gaps.postpone, gap, due=due, reason=error.message)
        return None


def _note(tx: Tx, gap: Gap, heard: Heard | None) -> None:
    """Note what came of asking once; None: the server is left alone for a while."""
    if heard is None:
        return
    if gap.daily:
        gaps.asked(tx, gap.account_id, heard.total)
    if heard.why is None and heard.next is not None:
        gaps.turn(tx, gap, next_=heard.next, posts=heard.posts)
    else:
        gaps.drop(tx, gap.account_id)
