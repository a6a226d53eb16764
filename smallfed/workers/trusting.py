"""Lists of others: read when they are due, and what they come to is reckoned.

Spec: PROTOCOL §9.3; SAFETY rules 22, 23; RFC 9530 (checksums).
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import TypeVar

import trio
from msgspec import Struct, structs

from smallfed.domain.blocklist import HIDDEN, Blocklist, Dropped, Entry, Format, Reading, State, digest
from smallfed.errors import Invalid, SmallfedError, TooLarge
from smallfed.observe.logging import event
from smallfed.policy.budgets import Purpose
from smallfed.policy.quorum import Terms
from smallfed.policy.rereading import pause
from smallfed.protocol.signatures.digest import content_digest_matches
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Answer, Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.services import reckoning, trusting
from smallfed.services.trusting import Changes
from smallfed.store import blocklist_entries, blocklists, unreckoned
from smallfed.store.tx import Tx
from smallfed.workers.documents import Documents, successful

log = logging.getLogger(__name__)

T = TypeVar("T")

ACCEPT = "text/csv, application/json;q=0.9, text/plain;q=0.9, */*;q=0.1"
DEADLINE = 60.0
LARGEST = 8 << 20  # bytes
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
        self,
        db: Database,
        http: Http,
        documents: Documents,
        clock: Clock,
        dice: Dice,
        aside: Aside,
        identity: Identity,
        terms: Terms,
        bell: Bell,
    ) -> None:
        self._db, self._http, self._documents, self._clock = db, http, documents, clock
        self._dice, self._aside, self._identity, self._terms = dice, aside, identity, terms
        self._turn = trio.Lock()
        self._bell = bell

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
        answer = await self._get(known.url or "", known)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return await self._same(known)
        checksum = sha256(successful(answer, now=self._clock.now()).body).hexdigest()
        if checksum == known.checksum:
            return await self._same(known)
        reading = await self.understand(answer.body, format_=known.format, people=known.people or None)
        changes = await self._db.long_read(trusting.compare, known.id, reading.entries)
        if not changes.before and not changes.after:
            raise Invalid("this list is empty")
        if changes.doubtful and not believe:
            return await self._hold(known, changes)
        await self._take_over(known.id, changes)
        fields = {"etag": answer.header("etag"), "modified": answer.header("last-modified"), "checksum": checksum}
        await self._finish(known, reading=reading, changed_at=self._clock.now(), **fields)
        event(log, "list.read", list=known.name, entries=changes.after, new=len(changes.new), gone=len(changes.gone))
        return Outcome(
            name=known.name,
            state=State.FINE,
            size=changes.after,
            new=len(changes.new),
            gone=len(changes.gone),
            dropped=reading.dropped,
        )

    async def _get(self, url: str, known: Blocklist | None) -> Answer:
        """Ask for a list; where the answer only says where it is, ask there, each time anew: validators are of one."""
        from smallfed.translate import blocklists as lists

        answer = _whole(await self._ask(url, known))
        there = lists.snapshot(answer.body)
        if there is None:
            return answer
        found = _whole(await self._ask(there, None))
        return Answer(found.status, found.url, [], found.body)

    async def _ask(self, url: str, known: Blocklist | None) -> Answer:
        admit = partial(self._documents.admit, errand=self._documents.errand(Purpose.OWNER))
        await admit(url)
        headers = [("Accept", ACCEPT)]
        if known is not None and known.etag is not None:
            headers.append(("If-None-Match", known.etag))
        if known is not None and known.modified is not None:
            headers.append(("If-Modified-Since", known.modified))
        try:
            return await self._http.request("GET", url, headers=headers, limit=LARGEST, deadline=DEADLINE, onward=admit)
        except TooLarge as error:
            raise TooLarge(f"{url} is too large: a list may have at most {LARGEST >> 20} MB") from error

    async def fetch(self, url: str, format_: Format = Format.AUTO) -> Reading:
        """Read the list at an address, and do nothing about it."""
        answer = successful(await self._get(url, None), now=self._clock.now())
        return await self.understand(answer.body, format_=format_)

    async def understand(self, data: bytes, *, format_: Format, people: bool | None = None) -> Reading:
        """Understand a list; names that it hides are found where somebody of that name is known."""
        from smallfed.translate import blocklists as lists  # most houses read none

        ours = self._identity.here.names
        reading = await self._aside.thread(partial(lists.read, data, ours=ours, format_=format_, people=people))
        if not any(entry.subject.startswith(HIDDEN) for entry in reading.entries):
            return reading
        names = await self._db.long_read(blocklist_entries.known_names)
        names |= {entry.subject for entry in reading.entries}
        return structs.replace(reading, entries=await self._aside.thread(_revealed, reading.entries, names))

    async def _take_over(self, number: int, changes: Changes) -> None:
        for new in _slices(changes.new):
            await self._db.patient_write(trusting.take, number, new)
            await self._clock.sleep(PAUSE)
        for gone in _slices(changes.gone):
            await self._db.patient_write(trusting.retract, number, gone)
            await self._clock.sleep(PAUSE)

    # How it went ------------------------------------------------------------------------------------------------------
    async def _same(self, known: Blocklist) -> Outcome:
        await self._finish(known)
        return Outcome(name=known.name, state=State.FINE, size=known.size)

    async def _finish(self, known: Blocklist, *, reading: Reading | None = None, **fields: object) -> None:
        if reading is not None:
            dropped = sum(drop.count for drop in reading.dropped)
            fields |= {"people": reading.people, "size": len(reading.entries), "dropped": dropped}
        fields |= {"state": State.FINE, "reason": "", "failures": 0, "read_at": self._clock.now()}
        await self._db.patient_write(trusting.finish, known, self._pause(known, 0), **fields)

    async def _hold(self, known: Blocklist, changes: Changes) -> Outcome:
        event(log, "list.held", level=logging.WARNING, list=known.name, reason=changes.doubtful)
        fields = {"state": State.HELD, "reason": changes.doubtful, "failures": 0}
        await self._db.patient_write(trusting.finish, known, self._pause(known, 0), **fields)
        return Outcome(name=known.name, state=State.HELD, reason=changes.doubtful, size=changes.before)

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
        found = await self._aside.thread(_matches, hidden, names)
        for part in _slices(list(found.items())):
            await self._db.patient_write(trusting.reveal, dict(part))
            await self._clock.sleep(PAUSE)


_CHECKSUMS = (("content-digest", content_digest_matches), ("repr-digest", content_digest_matches))


def _whole(answer: Answer) -> Answer:
    """Return the answer; Invalid where its server says by a checksum that it has sent something else (RFC 9530)."""
    for name, matches in _CHECKSUMS:
        said = answer.header(name) or ""
        if answer.status == HTTPStatus.OK and "sha-" in said and not matches(said, answer.body):
            raise Invalid(f"{answer.url} did not arrive as it was sent: its checksum is another one")
    return answer


def _matches(hidden: Collection[str], names: Collection[str]) -> dict[str, str]:
    wanted = set(hidden)
    return {subject: name for name in names if (subject := digest(name)) in wanted}


def _revealed(entries: Sequence[Entry], names: Collection[str]) -> tuple[Entry, ...]:
    found = _matches([entry.subject for entry in entries], names)
    known = {entry.subject for entry in entries}
    return tuple(
        structs.replace(entry, subject=found[entry.subject]) if entry.subject in found else entry
        for entry in entries
        if found.get(entry.subject) not in known
    )


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + SLICE] for start in range(0, len(items), SLICE))


def _is_waiting(tx: Tx) -> bool:
    return unreckoned.is_waiting(tx) or bool(blocklists.gone(tx)) or bool(blocklists.taken_back(tx))
