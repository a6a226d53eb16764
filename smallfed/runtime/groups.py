"""Groups: many calls share one transaction and one fsync, and still each stands or falls alone.

No threads and no loop in here: a driver puts calls in and takes settled groups out. A group is run in the hope that
all goes well; when there is something to be undone in it, it is run again with a savepoint for each call, which costs a
sixth more; and when it fails as a whole, each call is run alone. So a call may be run three times, and its only effects
must be those on its ``Tx``. It must let SQLite's own errors pass: after some of them there is no transaction left to go
on in.

Spec: https://www.sqlite.org/lang_savepoint.html
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from math import inf

import outcome
from msgspec import Struct, field

from smallfed.domain.events import Event
from smallfed.domain.need import Need
from smallfed.errors import Unavailable
from smallfed.store.trouble import is_full, is_passing, sorry
from smallfed.store.tx import Tx

PATIENCE = 0.004  # seconds of work, from its first urgent call on, after which a group takes in no more calls
LENGTH = 0.016  # seconds after which it takes in no more in any case: a commit is a tenth of the work of what it holds

Result = outcome.Outcome[object]


class Call:
    """Something to be done in a transaction; ``wake`` is for the driver, who tells it the result after the commit.

    ``urgent`` calls, those of the doors where somebody waits, go before the others.
    """

    __slots__ = ("do", "urgent", "wake")

    def __init__(self, do: Callable[[Tx], object], wake: Callable[[Result], None], *, urgent: bool = True) -> None:
        self.do = do
        self.wake = wake
        self.urgent = urgent


class Settled(Struct):
    """What came of a group: each call with its result, and the events of what is committed, in order.

    ``committed`` says whether any of it is in the database, ``trouble`` what the circumstances had against it.
    """

    results: list[tuple[Call, Result]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    committed: bool = False
    trouble: sqlite3.Error | None = None

    @property
    def full(self) -> bool:
        """Whether the disk did not take it."""
        return is_full(self.trouble)


class Groups:
    """The calls that wait for the one connection that writes, and how they are run together.

    ``new`` makes the ``Tx`` of a call. ``ticks`` measures work in seconds; a constant lets a group take in everything
    that waits.
    """

    def __init__(
        self, sql: sqlite3.Connection, new: Callable[[sqlite3.Connection], Tx], *, ticks: Callable[[], float]
    ) -> None:
        self._sql, self._new, self._ticks = sql, new, ticks
        self._urgent: deque[Call] = deque()
        self._patient: deque[Call] = deque()
        self._begun: list[Call] = []  # of the group under way

    @property
    def waiting(self) -> int:
        """How many calls have not been begun."""
        return len(self._urgent) + len(self._patient)

    def put(self, call: Call) -> None:
        """Let ``call`` wait its turn. Any thread may do this; a group that is being run may still take it in."""
        (self._urgent if call.urgent else self._patient).append(call)

    def run(self) -> Settled:
        """Run one group of the calls that wait; it is committed and on disk when this returns, and nobody is woken."""
        try:
            self._sql.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:  # nobody can write now, so nobody is made to wait for that one by one
            return self.refuse(error)
        try:
            settled = self._together()
        except BaseException:  # noqa: BLE001 - whosever it is: run alone, it goes to its caller
            self._roll_back()
            settled = Settled()
            for call in self._begun:
                self._alone(call, settled)
        self._begun = []
        return settled

    def refuse(self, trouble: sqlite3.Error | None = None) -> Settled:
        """Settle everything that waits, or was left half done, because of ``trouble`` or because the house closes."""
        left, self._begun = [*self._begun, *self._draw(inf, inf)], []
        errors = (Unavailable("shutting down") if trouble is None else sorry(trouble) for _ in left)
        return Settled(results=[(c, outcome.Error(e)) for c, e in zip(left, errors, strict=True)], trouble=trouble)

    def _draw(self, patience: float, length: float) -> Iterator[Call]:
        """Take calls, urgent ones first, until none waits or time is up; at least one."""
        until, hurried = self._ticks() + length, False
        while self._urgent or self._patient:
            call = (self._urgent or self._patient).popleft()
            if call.urgent and not hurried:
                until, hurried = min(until, self._ticks() + patience), True
            yield call
            if self._ticks() >= until:
                return

    def _together(self) -> Settled:
        settled, in_parts = Settled(), False
        for call in self._draw(PATIENCE, LENGTH):
            self._begun.append(call)
            if in_parts:
                self._part(call, settled)
            elif not self._go_well(call, settled):
                in_parts, settled = True, self._again()
        self._sql.execute("COMMIT")
        settled.committed = True
        return settled

    def _alone(self, call: Call, settled: Settled) -> None:
        """Run ``call`` in a transaction of its own, where whatever goes wrong is its own."""
        mine = Settled()
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            self._part(call, mine)
            self._sql.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - the caller is handed it
            self._roll_back()
            if is_passing(error):
                settled.trouble = error
                error = sorry(error)
            settled.results.append((call, outcome.Error(error)))
        else:
            settled.results += mine.results
            settled.events += mine.events
            settled.committed = True

    def _go_well(self, call: Call, settled: Settled) -> bool:
        """Run ``call``; False, and nothing is settled, when it has left something that must not stay."""
        before = self._sql.total_changes
        result, events = self._tried(call)
        if events is None and self._sql.total_changes != before:
            return False
        settled.results.append((call, result))
        settled.events += events or ()
        return True

    def _again(self) -> Settled:
        """Run what was begun from the beginning, in parts that can be undone."""
        self._sql.execute("ROLLBACK")
        self._sql.execute("BEGIN IMMEDIATE")
        settled = Settled()
        for call in self._begun:
            self._part(call, settled)
        return settled

    def _part(self, call: Call, settled: Settled) -> None:
        """Run ``call`` as a part that can be undone; raises where no transaction is left to go on in."""
        self._sql.execute("SAVEPOINT part")
        result, events = self._tried(call)
        if events is None:
            self._sql.execute("ROLLBACK TO part")
        self._sql.execute("RELEASE part")
        settled.results.append((call, result))
        settled.events += events or ()

    def _tried(self, call: Call) -> tuple[Result, list[Event] | None]:
        """Return what comes of ``call``, and its events; None where nothing of it may stay."""
        tx = self._new(self._sql)
        try:
            value = call.do(tx)
        except BaseException as error:
            if not self._sql.in_transaction or is_passing(error):
                raise
            return outcome.Error(error), None
        return outcome.Value(value), None if isinstance(value, Need) else tx.announced

    def _roll_back(self) -> None:
        if self._sql.in_transaction:
            self._sql.execute("ROLLBACK")
