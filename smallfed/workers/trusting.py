"""Trusting: lists of others are read when they are due, and what they come to is reckoned.

Spec: PROTOCOL §9.3.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import TypeVar

import trio
from msgspec import Struct

from smallfed.domain.blocklist import Blocklist, Dropped, State
from smallfed.errors import Invalid, SmallfedError, TooLarge, TooMany
from smallfed.observe.logging import event
from smallfed.policy.quorum import Terms
from smallfed.policy.rereading import pause
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.services import comparing, reckoning, trusting
from smallfed.services.comparing import Changes
from smallfed.store import blocklist_entries, blocklists, unreckoned
from smallfed.store.tx import Tx
from smallfed.translate import blocklists as lists
from smallfed.workers.documents import successful
from smallfed.workers.list_sources import Feed, Sources, matches

log = logging.getLogger(__name__)

T = TypeVar("T")

_NO_VALIDATORS = {"etag": None, "modified": None, "checksum": None}

WHOLE = timedelta(days=7)  # after which all of a list is read that says what changes in it: it may have forgotten some
SLICE = 1000  # entries in one transaction
PAUSE = 0.005  # between two slices, so that others have their turn
LULL = 1.0  # seconds in which more may come: what changed for servers that nobody knows is then settled once
LOOK = 3600.0  # seconds after which names that lists hide are looked for again among those that came


class Outcome(Struct, frozen=True, kw_only=True):
    """How reading a list went. ``new`` and ``gone`` are how many entries; ``reason``: why it is held."""

    name: str
    state: State
    reason: str = ""
    size: int = 0
    new: int = 0
    gone: int = 0
    dropped: tuple[Dropped, ...] = ()


class Trusting:
    """Reads lists of others, and lets what they come to hold."""

    def __init__(
        self, db: Database, sources: Sources, clock: Clock, dice: Dice, aside: Aside, terms: Terms, bell: Bell
    ) -> None:
        self._db, self._sources, self._clock, self._dice, self._aside = db, sources, clock, dice, aside
        self._terms, self._bell = terms, bell
        self._turn = trio.Lock()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep lists until cancelled."""
        task_status.started()
        await self._db.patient_write(trusting.agree_on, self._terms)
        while True:
            await self._reveal()
            while known := await self._db.read(blocklists.due):
                await self._refresh_now(known)
            await self.reckon()
            if await self._bell.listen(await self._until()):
                await self._clock.sleep(LULL)

    async def _until(self) -> float:
        due = await self._db.read(blocklists.next_due)
        return LOOK if due is None else min(LOOK, (due - self._clock.now()).total_seconds())

    async def _refresh_now(self, known: Blocklist) -> None:
        try:
            await self.refresh(known)
        except SmallfedError as error:
            event(log, "list.failed", level=logging.WARNING, list=known.name, reason=error.message)
        except Exception as error:
            log.exception("reading the list %r", known.name)
            await self._fail(known, f"a bug while it was read: {error!r}")

    async def reckon(self) -> None:
        """Bring what holds in line with what lists say, slice by slice."""
        while await self._db.read(_is_waiting):
            await self._db.patient_write(reckoning.go_on)
            await self._clock.sleep(PAUSE)

    # Reading ----------------------------------------------------------------------------------------------------------
    async def refresh(self, known: Blocklist, *, believe: bool = False) -> Outcome:
        """Read a list and take over what it says; ``believe``: even if nearly nothing is left of it.

        Raises what reading it raises; what it said before counts then, and it is read again later.
        """
        async with self._turn:
            try:
                return await self._refresh(known, believe=believe)
            except SmallfedError as error:
                await self._fail(known, error.message)
                raise

    async def _refresh(self, known: Blocklist, *, believe: bool) -> Outcome:
        feed = await self._feed(known)
        if feed is None:
            return await self._refresh_whole(known, believe=believe)
        changes = await self._db.long_read(comparing.alter, known.id, feed.changed)
        if changes.after > lists.MOST:
            raise TooLarge(f"it has more than {lists.MOST} entries by now")
        fields = {"onward": feed.onward} | (_NO_VALIDATORS if changes.new or changes.gone else {})
        return await self._take_over(known, changes, feed.changed.dropped, believe=believe, **fields)

    async def _refresh_whole(self, known: Blocklist, *, believe: bool) -> Outcome:
        answer = await self._sources.whole(known.url or "", known)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return await self._same(known)
        checksum = sha256(successful(answer, now=self._clock.now()).body).hexdigest()
        if checksum == known.checksum:
            return await self._same(known)
        reading = await self._sources.understand(answer.body, format_=known.format, people=known.people or None)
        changes = await self._db.long_read(comparing.compare, known.id, reading.entries)
        if not changes.before and not changes.after and known.read_at is None:
            raise Invalid("this list is empty")
        return await self._take_over(
            known,
            changes,
            reading.dropped,
            believe=believe,
            etag=answer.header("etag"),
            modified=answer.header("last-modified"),
            checksum=checksum,
            onward=reading.onward,
            whole_at=self._clock.now(),
            people=reading.people,
            dropped=sum(drop.count for drop in reading.dropped),
        )

    async def _feed(self, known: Blocklist) -> Feed | None:
        """Read what has changed in a list; None where all of it is to be read: now and then, and if anything is odd."""
        if known.onward is None or known.whole_at is None or self._clock.now() - known.whole_at > WHOLE:
            return None
        try:
            return await self._sources.changes(known.onward)
        except TooMany:
            raise  # all of it is more than its changes
        except SmallfedError as error:
            event(log, "list.unfollowed", list=known.name, reason=error.message)
            return None

    async def _take_over(
        self, known: Blocklist, changes: Changes, lost: tuple[Dropped, ...], /, *, believe: bool, **fields: object
    ) -> Outcome:
        if changes.doubtful and not believe:
            return await self._hold(known, changes, lost)
        for entries in _slices(changes.new):
            await self._db.patient_write(trusting.take, known.id, entries)
            await self._clock.sleep(PAUSE)
        for subjects in _slices(changes.gone):
            await self._db.patient_write(trusting.retract, known.id, subjects)
            await self._clock.sleep(PAUSE)
        new, gone = len(changes.new), len(changes.gone)
        if new or gone:
            fields["changed_at"] = self._clock.now()
        await self._finish(known, size=changes.after, **fields)
        event(log, "list.read", list=known.name, entries=changes.after, new=new, gone=gone)
        return Outcome(name=known.name, state=State.FINE, size=changes.after, new=new, gone=gone, dropped=lost)

    # How it went ------------------------------------------------------------------------------------------------------
    async def _same(self, known: Blocklist) -> Outcome:
        await self._finish(known, whole_at=self._clock.now())
        return Outcome(name=known.name, state=State.FINE, size=known.size)

    async def _finish(self, known: Blocklist, **fields: object) -> None:
        fields |= {"state": State.FINE, "reason": "", "failures": 0, "read_at": self._clock.now()}
        await self._db.patient_write(trusting.finish, known, self._pause(known, 0), **fields)

    async def _hold(self, known: Blocklist, changes: Changes, lost: tuple[Dropped, ...]) -> Outcome:
        why = changes.doubtful
        event(log, "list.held", level=logging.WARNING, list=known.name, reason=why)
        fields = {"state": State.HELD, "reason": why, "failures": 0}
        await self._db.patient_write(trusting.finish, known, self._pause(known, 0), **fields)
        return Outcome(name=known.name, state=State.HELD, reason=why, size=changes.before, dropped=lost)

    async def _fail(self, known: Blocklist, reason: str) -> None:
        failures = known.failures + 1
        fields = {"state": State.FAILING, "reason": reason[:500], "failures": failures}
        await self._db.patient_write(trusting.finish, known, self._pause(known, failures), **fields)

    def _pause(self, known: Blocklist, failures: int) -> timedelta:
        return pause(timedelta(hours=known.every_hours), failures, self._dice(8) / 256)

    # Hidden names -----------------------------------------------------------------------------------------------------
    async def _reveal(self) -> None:
        """Look for the names that lists hide among those that have come since."""
        hidden = await self._db.read(blocklist_entries.hidden)
        if not hidden:
            return
        names = await self._db.long_read(blocklist_entries.known_names)
        found = await self._aside.thread(matches, hidden, names)
        for part in _slices(list(found.items())):
            await self._db.patient_write(trusting.reveal, dict(part))
            await self._clock.sleep(PAUSE)


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + SLICE] for start in range(0, len(items), SLICE))


def _is_waiting(tx: Tx) -> bool:
    return unreckoned.is_waiting(tx) or bool(blocklists.gone(tx)) or bool(blocklists.taken_back(tx))
