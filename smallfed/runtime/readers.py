"""Readers: short reads inline on the event loop, long ones in threads, each on a snapshot of its own.

Inline is three times as fast for what an index answers, because in a thread every row costs a change of hands. But the
loop stands still meanwhile, so a read that takes too many steps or too long is stopped and run again in a thread, and
while reads are slow altogether (a cold disk) they all go to threads, but for a few that find out when it is over.

Spec: https://www.sqlite.org/c3ref/progress_handler.html
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

import trio

from smallfed.errors import Unavailable
from smallfed.runtime.aside import Aside
from smallfed.store.trouble import code, is_interrupted, is_passing, sorry
from smallfed.store.tx import Tx

LOOK = 500  # steps of SQLite's machine between two looks at the limits
STEPS = 60_000  # for one inline read
LONG = 0.010  # seconds for one inline read
SLOW = 0.003  # seconds: beyond this average of inline reads, threads are better
PROBE = 16  # while they are, one read in so many is inline
TURN = 0.002  # seconds of inline reading after which other tasks get their turn

T = TypeVar("T")


class Pace:
    """Whether inline reads are quick these days: a moving average of their seconds."""

    def __init__(self) -> None:
        self.average = 0.0
        self._asked = 0

    def inline(self) -> bool:
        """Say whether the next read should be inline."""
        self._asked += 1
        return self.average < SLOW or self._asked % PROBE == 0

    def note(self, seconds: float) -> None:
        """Take in how long an inline read took."""
        self.average += (seconds - self.average) / PROBE


class Limit:
    """A progress handler that stops a read which is too long for the event loop.

    ``passed`` says that it did; ``late`` that it was for the time taken, not for the steps.
    """

    def __init__(self) -> None:
        self.passed = self.late = False
        self._looks, self._until = 0, 0.0

    def begin(self, now: float) -> None:
        """Watch the read that begins ``now``."""
        self.passed = self.late = False
        self._looks, self._until = STEPS // LOOK, now + LONG

    def __call__(self) -> bool:
        """Whether SQLite shall stop."""
        self._looks -= 1
        self.late = self.late or perf_counter() > self._until
        self.passed = self.late or self._looks < 0
        return self.passed


class Readers:
    """One connection for the event loop and ``count`` for threads, all read-only.

    Without ``threaded`` every read is inline and nothing limits it, as virtual time needs it.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        new: Callable[[sqlite3.Connection], Tx],
        aside: Aside,
        *,
        threaded: bool,
        count: int,
    ) -> None:
        self._new, self._aside, self._threaded = new, aside, threaded
        self._limiter = trio.CapacityLimiter(count)
        self._count = count
        self._closing = False
        self._spent = 0.0  # seconds of inline reading since other tasks had their turn
        self._pace, self._limit = Pace(), Limit()
        self._here = connect()
        self._there = deque(connect() for _ in range(count if threaded else 0))
        if threaded:
            self._here.set_progress_handler(self._limit, LOOK)
        for sql in self._there:
            sql.set_progress_handler(self._unwanted, STEPS)

    async def short(self, do: Callable[[Tx], T]) -> T:
        """Run a read that an index answers; in a thread after all when it turns out longer."""
        if self._closing:
            raise Unavailable("shutting down")
        if not self._threaded:
            await trio.lowlevel.checkpoint()
            return self._snapshot(self._here, do)
        if not self._pace.inline():
            return await self.long(do)
        await self._take_turns()
        begin = perf_counter()
        self._limit.begin(begin)
        try:
            result = self._snapshot(self._here, do)
        except Exception:
            if not self._limit.passed:
                raise
        else:
            if not self._limit.passed:
                return result
        finally:
            self._note(perf_counter() - begin)
        return await self.long(do)

    async def long(self, do: Callable[[Tx], T]) -> T:
        """Run a read that takes its time; it ends early when the caller is cancelled or the house closes."""
        if not self._threaded:
            return await self.short(do)
        return await self._aside.thread(self._in_thread, do, limiter=self._limiter)

    async def close(self) -> None:
        """Stop the reads in threads, then close the connections."""
        self._closing = True
        for place in range(self._count):
            await self._limiter.acquire_on_behalf_of(place)
        for sql in (self._here, *self._there):
            sql.close()
        self._there.clear()

    def _snapshot(self, sql: sqlite3.Connection, do: Callable[[Tx], T]) -> T:
        try:
            sql.execute("BEGIN")
            return do(self._new(sql))
        except sqlite3.Error as error:
            if is_passing(error) and code(error) != sqlite3.SQLITE_READONLY:  # writing in a read is a mistake
                raise sorry(error) from error
            raise
        finally:
            # Not a prepared "ROLLBACK" kept for all reads: its steps add up, and after an interrupt it could be next.
            sql.rollback()

    def _in_thread(self, do: Callable[[Tx], T]) -> T:
        if self._closing:
            raise Unavailable("shutting down")
        sql = self._there.pop()
        try:
            return self._snapshot(sql, do)
        except sqlite3.OperationalError as error:
            if is_interrupted(error):
                trio.from_thread.check_cancelled()
                raise Unavailable("shutting down") from error
            raise
        finally:
            self._there.append(sql)

    def _unwanted(self) -> bool:
        """Whether nobody waits any more for the read in this thread."""
        try:
            trio.from_thread.check_cancelled()
        except trio.Cancelled:
            return True
        return self._closing

    async def _take_turns(self) -> None:
        if self._spent < TURN:
            await trio.lowlevel.checkpoint_if_cancelled()
        else:
            self._spent = 0.0
            await trio.lowlevel.checkpoint()

    def _note(self, seconds: float) -> None:
        self._spent += seconds
        if self._limit.late or not self._limit.passed:  # a long statement says nothing about the disk
            self._pace.note(seconds)
