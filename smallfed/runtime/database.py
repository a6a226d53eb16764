"""The database as the loops and doors see it: ``await db.write(f, …)`` and ``await db.read(f, …)``.

``f`` is a function of ``(tx, …)`` from below the water line. A write is on disk when it returns; what came of many is
committed together (``groups``), by one thread (``writer``). Reads see one moment of the database each (``readers``).
"""

import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Concatenate, ParamSpec, TypeVar, cast

import outcome
import trio

from smallfed.domain.events import Event
from smallfed.errors import Unavailable
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock, Dice, chance
from smallfed.runtime.groups import Call, Groups, Result, Settled
from smallfed.runtime.readers import Readers
from smallfed.runtime.writer import Health, Writer
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx

SWITCH = 0.0005  # seconds after which a thread must hand over: with Python's 5 ms the loop would wait for the writer

T = TypeVar("T")
P = ParamSpec("P")

log = logging.getLogger(__name__)


class Database:
    """The prepared database at ``path``; usable while ``run`` runs.

    ``publish`` hears the events of a group in commit order, on the event loop, before its callers are answered.
    ``then`` is handed to every ``Tx`` that writes. Without ``threaded`` everything runs inline, as virtual time needs
    it; groups form all the same. ``readers`` is how many long reads run at once.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        publish: Callable[[Sequence[Event]], None],
        then: Callable[[Tx, Event], None] | None = None,
        dice: Dice = chance,
        aside: Aside | None = None,
        threaded: bool = True,
        readers: int = 2,
    ) -> None:
        self._path, self._clock, self._publish, self._then, self._dice = path, clock, publish, then, dice
        self._aside = aside or Aside(threads=threaded)
        self._threaded, self._count = threaded, readers
        self._bell = Bell()  # rung for every call when there is no thread to wake
        self._writer: Writer | None = None
        self._readers: Readers | None = None
        self._health = Health(alive=False, full=False, waiting=0)

    @property
    def health(self) -> Health:
        """What is known about writing, for those who watch the house."""
        return self._health if self._writer is None else self._writer.health(alive=True)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled. What was asked until then is stored first; what comes later is refused."""
        writer = self._writer = self._open()
        try:
            self._readers = Readers(
                partial(open_reader, self._path), self._tx, self._aside, threaded=self._threaded, count=self._count
            )
            task_status.started()
            await (self._serve_in_thread if self._threaded else self._serve_inline)(writer)
        finally:
            self._health = writer.health(alive=False)
            readers, self._writer, self._readers = self._readers, None, None
            with trio.CancelScope(shield=True):
                if readers is not None:
                    await readers.close()
            writer.close()

    async def write(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(tx, …)`` in a transaction and return what it returns, once that is on disk.

        For the doors, where somebody waits. When ``f`` raises or returns a ``Need``, nothing of it stays. It may be run
        again. Once asked it is done, whatever becomes of the caller: a cancelled caller still gets the result, and its
        cancellation afterwards. Raises Unavailable when nothing can be stored now.
        """
        return await self._ask(lambda tx: f(tx, *args, **kwargs), urgent=True)

    async def patient_write(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as ``write``, but let the doors go first: for the loops."""
        return await self._ask(lambda tx: f(tx, *args, **kwargs), urgent=False)

    def later(self, f: Callable[Concatenate[Tx, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Let ``f(tx, …)`` be done when there is time, and wait for nothing: for what may be lost.

        So that an answer which only reads does not depend on whether anything can be written.
        """
        if self._writer is not None:
            self._put(self._writer, Call(lambda tx: f(tx, *args, **kwargs), _unheard, urgent=False))

    def empty_log(self) -> None:
        """Let the write-ahead log be emptied soon, so that nothing of what was deleted is in it."""
        if self._writer is not None:
            self._writer.empty()
            if not self._threaded:
                self._bell.ring()

    async def read(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(tx, …)`` on a read-only snapshot: for what an index answers. It may be run twice."""
        return await (await self._open_readers()).short(lambda tx: f(tx, *args, **kwargs))

    async def long_read(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as ``read`` in a thread: for searches, exports and scans."""
        return await (await self._open_readers()).long(lambda tx: f(tx, *args, **kwargs))

    async def _ask(self, do: Callable[[Tx], T], *, urgent: bool) -> T:
        await trio.lowlevel.checkpoint_if_cancelled()
        if self._writer is None:
            raise Unavailable("shutting down")
        wake = partial(trio.lowlevel.reschedule, trio.lowlevel.current_task())
        self._put(self._writer, Call(do, wake, urgent=urgent))
        # Not to be cancelled: the call will run, so whoever asked must learn what came of it.
        return cast("T", await trio.lowlevel.wait_task_rescheduled(lambda _: trio.lowlevel.Abort.FAILED))

    def _put(self, writer: Writer, call: Call) -> None:
        writer.put(call)
        if not self._threaded:
            self._bell.ring()

    async def _open_readers(self) -> Readers:
        if self._readers is None:
            await trio.lowlevel.checkpoint_if_cancelled()
            raise Unavailable("shutting down")
        return self._readers

    def _open(self) -> Writer:
        sql = open_writer(self._path)
        groups = Groups(sql, partial(self._tx, then=self._then), ticks=perf_counter if self._threaded else lambda: 0.0)
        soon = trio.lowlevel.current_trio_token().run_sync_soon
        deliver = (lambda settled: soon(self._settle, settled)) if self._threaded else self._settle
        return Writer(sql, groups, deliver, log_file=Path(f"{self._path}-wal"))

    def _tx(self, sql: sqlite3.Connection, *, then: Callable[[Tx, Event], None] | None = None) -> Tx:
        return Tx(sql, now=self._clock.now(), dice=self._dice, then=then)

    async def _serve_in_thread(self, writer: Writer) -> None:
        sys.setswitchinterval(SWITCH)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_when_cancelled, writer.stop)
            # A thread is not cancelled: this waits until the writer has stopped.
            await trio.to_thread.run_sync(writer.serve, limiter=trio.CapacityLimiter(1), thread_name="smallfed writer")

    async def _serve_inline(self, writer: Writer) -> None:
        while True:
            try:
                await self._bell.listen(inf)
            finally:
                writer.work()

    def _settle(self, settled: Settled) -> None:
        """Tell the house, then the callers; on the event loop, group after group."""
        if settled.events:
            try:
                self._publish(settled.events)
            except Exception:
                log.exception("%d events were not published", len(settled.events))
        for call, result in settled.results:
            call.wake(result)


def _unheard(result: Result) -> None:
    """Take a result that nobody waits for; the log hears of mistakes."""
    if isinstance(result, outcome.Error) and not isinstance(result.error, Unavailable):
        log.error("a write that nobody waits for failed", exc_info=result.error)


async def _when_cancelled(f: Callable[[], None]) -> None:
    try:
        await trio.sleep_forever()
    finally:
        f()
