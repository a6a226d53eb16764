"""The writer: drives the groups on the one connection that writes, and checkpoints when there is time.

Nobody else checkpoints: before SQLite 3.51.3 two connections doing so at once can damage the database.

Spec: https://www.sqlite.org/wal.html
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from smallfed.runtime.groups import Call, Groups, Settled

IDLE = 0.5  # seconds without a call after which it is time to checkpoint
ROWS = 10_000  # changed rows after which it is time even when busy: some 20 MB of log
LARGE = 64 << 20  # bytes of log that are given back to the disk
GRACE = 50  # milliseconds to wait for readers to leave the log

log = logging.getLogger(__name__)


class Health(Struct, frozen=True, kw_only=True):
    """Facts about writing. ``full``: the disk took nothing the last time; ``waiting``: calls not begun."""

    alive: bool
    full: bool
    waiting: int

    @property
    def ok(self) -> bool:
        """Whether a write would work, as far as we know."""
        return self.alive and not self.full


class Writer:
    """Runs what is put, and hands each settled group to ``deliver``.

    Either ``serve`` runs in a thread of its own until ``stop``, or the event loop calls ``work``; never both.
    """

    def __init__(
        self,
        sql: sqlite3.Connection,
        groups: Groups,
        deliver: Callable[[Settled], None],
        *,
        log_file: Path,
    ) -> None:
        self._sql, self._groups, self._deliver, self._log_file = sql, groups, deliver, log_file
        self._bell = threading.Lock()  # held: silent; released: rung. Only the event loop's thread rings.
        self._bell.acquire()
        self._stopping = False
        self._checkpointed = sql.total_changes
        self._full = self._emptying = False

    def put(self, call: Call) -> None:
        """Let ``call`` wait its turn and wake ``serve``."""
        self._groups.put(call)
        self._ring()

    def empty(self) -> None:
        """Let the log be emptied soon, so that nothing of what was deleted is in it."""
        self._emptying = True
        self._ring()

    def stop(self) -> None:
        """Let ``serve`` finish what waits and return."""
        self._stopping = True
        self._ring()

    def serve(self) -> None:
        """Work until stopped and nothing waits; checkpoint when idle."""
        while self._groups.waiting or not self._stopping:
            if self._bell.acquire(timeout=IDLE if self._unsaved or self._emptying else -1):
                self.work()
            else:
                self.checkpoint()
                if self._emptying:
                    self._empty()

    def work(self) -> None:
        """Run group after group until nothing waits."""
        while self._groups.waiting:
            settled = self._groups.run()
            self._note(settled)
            self._deliver(settled)
            if self._unsaved > ROWS:
                self.checkpoint()
        if self._emptying:
            self._empty()

    def _empty(self) -> None:
        """Empty the log; while somebody reads in it, after the next work or when idle."""
        try:
            self._emptying = not self.truncate()
        except sqlite3.Error as error:
            log.warning("the log of the database could not be emptied: %r", error)

    def checkpoint(self) -> None:
        """Bring what is in the log into the database file, as far as no reader needs it; shorten a large log."""
        self._checkpointed = self._sql.total_changes
        try:
            self._sql.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if self._log_file.exists() and self._log_file.stat().st_size > LARGE:
                self.truncate()
        except sqlite3.Error as error:  # nothing is lost: it is in the log, and the next one tries again
            log.warning("the database could not be checkpointed: %r", error)

    def truncate(self) -> bool:
        """Checkpoint and empty the log, unless a reader stays in it for longer than ``GRACE``: then return False."""
        (patience,) = self._sql.execute("PRAGMA busy_timeout").fetchone()
        self._sql.execute(f"PRAGMA busy_timeout = {GRACE}")
        try:
            busy, _, _ = self._sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        finally:
            self._sql.execute(f"PRAGMA busy_timeout = {patience}")

    def close(self) -> None:
        """Settle what is left without running it, empty the log and close the connection."""
        self._deliver(self._groups.refuse())
        try:
            self.truncate()
        except sqlite3.Error as error:
            log.warning("the database could not be checkpointed at its closing: %r", error)
        finally:
            self._sql.close()

    def health(self, *, alive: bool) -> Health:
        """Return the facts; whether the driver is ``alive`` the caller must know."""
        return Health(alive=alive, full=self._full, waiting=self._groups.waiting)

    @property
    def _unsaved(self) -> int:
        """How many rows were changed since the last checkpoint."""
        return self._sql.total_changes - self._checkpointed

    def _ring(self) -> None:
        if self._bell.locked():
            self._bell.release()

    def _note(self, settled: Settled) -> None:
        if settled.trouble is not None:
            log.error("%d calls could not be stored: %r", len(settled.results), settled.trouble)
        elif self._full and settled.committed:
            log.info("the disk takes data again")
        if settled.committed or settled.full:
            self._full = settled.full
