"""Mirroring: others' media are fetched when somebody first looks at them, once however many look, and kept.

Spec: SAFETY rules 21–26, 33; RULINGS 31; issue 5.2.
"""

import logging
from datetime import timedelta
from functools import partial
from math import inf
from pathlib import Path

import trio
from msgspec import Struct

from smallfed.domain.copy import Copy, Shrinking
from smallfed.errors import Invalid, NotFound, SmallfedError, TooMany, Unavailable
from smallfed.imaging.sniffing import sniff
from smallfed.observe.logging import event
from smallfed.policy.budgets import Purpose
from smallfed.policy.copying import Choice, choose, is_picture, pause, stopgap
from smallfed.runtime import files
from smallfed.runtime.arrival import Arrival
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.passing import Passing
from smallfed.runtime.room import Room
from smallfed.services import copying
from smallfed.services.copying import FOLDER, Wanted
from smallfed.store import copies
from smallfed.workers.documents import Documents, successful
from smallfed.workers.shrinking import Shrinker
from smallfed.workers.taking import FILM, Taking, TooLong

log = logging.getLogger(__name__)

ACCEPT = ("Accept", "image/*, video/*, audio/*, */*;q=0.1")
PATIENCE = 3.0  # seconds somebody waits for a smaller form; then the original must do
BUDGET_PATIENCE = 10.0  # and for a turn with a server that is asked much
PASSED = 8  # large films that are on their way through at once
A_DAY = timedelta(days=1)
SEEN_EVERY = 60.0  # seconds between two times that views are written down


class Loose(Struct, frozen=True, kw_only=True):
    """A picture that is not kept: whoever waits for it is given it, and it is forgotten."""

    data: bytes
    media_type: str


class Large(Struct, frozen=True, kw_only=True):
    """A film or sound that is passed on by parts."""

    url: str
    media_type: str


Found = Choice | Arrival | Loose | Large


class _Flight:
    """Something under way: settled when it can be shown, or not."""

    def __init__(self) -> None:
        self.settled = trio.Event()
        self.found: Arrival | Loose | Copy | SmallfedError | None = None

    def settle(self, found: "Arrival | Loose | Copy | SmallfedError") -> None:
        self.found = found
        self.settled.set()


class Mirroring:
    """Brings and keeps below ``data``/media/remote. ``films``: bytes of a film or sound that is kept."""

    def __init__(
        self,
        db: Database,
        http: Http,
        documents: Documents,
        clock: Clock,
        dice: Dice,
        aside: Aside,
        data: Path,
        *,
        films: int,
        room: Room,
    ) -> None:
        self._db, self._http, self._documents, self._clock, self._dice = db, http, documents, clock, dice
        self._aside, self._folder, self._films, self._room = aside, data / "media" / FOLDER, films, room
        self._flights: dict[str, _Flight] = {}
        self._shrinker = Shrinker(db, aside, dice, room, self._folder)
        self._one_strip = trio.CapacityLimiter(1)  # a picture and its copy: 32 MB at most
        self._passing = trio.CapacityLimiter(PASSED)
        self._seen: set[int] = set()
        self._views = Bell()
        self._nursery: trio.Nursery | None = None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Fetch for others, and write down what was looked at, until cancelled."""
        await self._aside.thread(_sweep, self._folder)
        try:
            async with trio.open_nursery() as self._nursery:
                self._nursery.start_soon(self._shrinker.run)
                task_status.started()
                while True:
                    await self._views.listen(inf)
                    await self._clock.sleep(SEEN_EVERY)
                    seen, self._seen = self._seen, set()
                    await self._db.patient_write(copies.seen, seen)
        finally:
            self._nursery = None
            for flight in self._flights.values():
                flight.settle(Unavailable("this server is stopping", retry_after=10))
            self._flights.clear()

    # What the door asks
    async def find(self, asked: Wanted, *, lost: bool = False) -> Found:
        """Return what is shown. ``lost``: the file that was chosen is not there after all.

        NotFound when nothing can be had; Unavailable when it can be later.
        """
        copy = asked.copy
        choice = None if copy is None or lost else choose(copy, small=asked.small)
        if copy is not None and choice is not None:
            self._note_view(copy)
            return await self._shrunk(copy, asked, choice) if choice.provisional else choice
        if copy is not None and not is_picture(copy.media_type) and (copy.size or 0) > self._films:
            return Large(url=asked.url, media_type=copy.media_type)
        try:
            self._require_turn(copy)
            return await self._brought(asked)
        except SmallfedError:
            if (stand_in := None if lost else stopgap(copy)) is not None:
                return stand_in
            raise

    def _require_turn(self, copy: Copy | None) -> None:
        if copy is not None and copy.retry_at is not None and self._clock.now() < copy.retry_at:
            raise NotFound(f"this cannot be shown now: {copy.reason}")

    def _note_view(self, copy: Copy) -> None:
        if self._clock.now() - copy.seen_at >= A_DAY and copy.id not in self._seen:
            self._seen.add(copy.id)
            self._views.ring()

    async def _brought(self, asked: Wanted) -> Found:
        flight = self._flights.get(asked.url)
        if flight is None:
            if self._nursery is None:
                raise Unavailable("this server is only starting", retry_after=5)
            flight = self._flights[asked.url] = _Flight()
            self._nursery.start_soon(self._fly, flight, asked)
        await flight.settled.wait()
        match flight.found:
            case Copy() as copy:
                choice = choose(copy, small=asked.small)
                if choice is None:
                    return Large(url=asked.url, media_type=copy.media_type)
                return await self._shrunk(copy, asked, choice) if choice.provisional else choice
            case Arrival() | Loose() as found:
                return found
            case SmallfedError() as error:
                raise error
        raise AssertionError("a flight settles with something")

    # Fetching
    async def _fly(self, flight: _Flight, asked: Wanted) -> None:
        try:
            flight.settle(await self._fetch(flight, asked))
        except (TooMany, Unavailable) as error:  # nothing is wrong with it
            flight.settle(Unavailable(error.message, retry_after=error.retry_after))
        except SmallfedError as error:
            flight.settle(NotFound(f"this cannot be shown: {error.message}"))
            await self._remember_failure(asked, error)
        except Exception:
            log.exception("fetching %r", asked.url)
            flight.settle(NotFound("this cannot be shown; the server's log says why"))
        finally:
            if self._flights.get(asked.url) is flight:
                del self._flights[asked.url]
            if not flight.settled.is_set():
                flight.settle(Unavailable("this server is stopping", retry_after=10))

    async def _remember_failure(self, asked: Wanted, error: SmallfedError) -> None:
        failures = (asked.copy.failures if asked.copy is not None else 0) + 1
        until = self._clock.now() + pause(failures, self._dice(8) / 256)
        event(log, "copy.failed", level=logging.DEBUG, url=asked.url, reason=error.message)
        fail = partial(copying.fail, reason=error.message[:500], failures=failures, retry_at=until)
        await self._db.patient_write(fail, asked)

    async def _fetch(self, flight: _Flight, asked: Wanted) -> Copy | Loose:
        await self._admitted(asked.url)
        with trio.CancelScope() as scope:
            stem = f"{self._dice(128):032x}"
            booking = self._room.book()
            taking = Taking(self._folder, stem, booking, films=self._films, deadline=scope, decided=flight.settle)
            try:
                answer = await self._http.download(asked.url, taking, headers=[ACCEPT], deadline=FILM)
                successful(answer, now=self._clock.now())
                taking.finish()
                scope.deadline = inf
                return await self._taken(taking, asked)
            except TooLong as error:
                kept = copying.Fetched(media_type=error.media_type, size=error.size)
                return await self._db.patient_write(copying.keep, asked, kept)
            finally:
                taking.close()
        raise Invalid("it did not come in time")

    async def _admitted(self, url: str) -> None:
        """Wait for a turn with a server that is asked much; TooMany when that takes too long."""
        errand = self._documents.errand(Purpose.VIEW)
        with trio.move_on_after(BUDGET_PATIENCE):
            while True:
                try:
                    return await self._documents.admit(url, errand)
                except TooMany as error:
                    if error.retry_after > BUDGET_PATIENCE:
                        raise
                    await self._clock.sleep(error.retry_after)
        raise TooMany("this server asks for too much at once", retry_after=10)

    async def _taken(self, taking: Taking, asked: Wanted) -> Copy | Loose:
        if not is_picture(taking.media_type):
            return await self._film(taking, asked)
        found = await self._aside.thread(taking.stripped, limiter=self._one_strip)
        if not taking.booking.take(len(found.data)):
            return Loose(data=found.data, media_type=taking.media_type)
        fetched, name = taking.picture(found, asked.subject)
        draft = self._folder / f".{name}"
        try:
            await self._aside.thread(files.write, draft, found.data)
        except Unavailable:  # the disk is full after all
            return Loose(data=found.data, media_type=taking.media_type)
        copy = await self._db.patient_write(copying.keep, asked, fetched)
        await self._aside.thread(files.settle, draft, self._folder / name)
        taking.booking.keep(fetched.size)
        if fetched.shrinking is not Shrinking.WANTED:
            await self._db.patient_write(copying.settled, [name])
        return copy

    async def _film(self, taking: Taking, asked: Wanted) -> Copy:
        draft, fetched = taking.film()
        await self._aside.thread(draft.sync)
        copy = await self._db.patient_write(copying.keep, asked, fetched)
        await self._aside.thread(draft.keep)
        draft.hand_over()
        taking.booking.keep(fetched.size)
        await self._db.patient_write(copying.settled, [draft.name])
        return copy

    async def _shrunk(self, copy: Copy, asked: Wanted, choice: Choice) -> Choice:
        """Return the smaller form as soon as it is made; the original when that takes too long or cannot be."""
        with trio.move_on_after(PATIENCE):
            await self._shrinker.small(copy.id)
        now = await self._db.read(copies.find_id, copy.id)
        return choice if now is None else choose(now, small=asked.small) or choice

    # Passing on
    async def pass_on(self, large: Large, first: int, end: int | None) -> Passing:
        """Begin to pass on a part of something that is not kept. Unavailable when too much is passed on already."""
        if self._nursery is None or not self._passing.available_tokens:
            raise Unavailable("too many films are being watched at once", retry_after=5)
        passing = Passing(first=first, fits=lambda start: sniff(start[:256]) == large.media_type)
        self._nursery.start_soon(self._pass, passing, large, first, end)
        await passing.begun.wait()
        if passing.part is None:
            raise Unavailable("this cannot be had from its server now", retry_after=60)
        return passing

    async def _pass(self, passing: Passing, large: Large, first: int, end: int | None) -> None:
        asked = ("Range", f"bytes={first}-{'' if end is None else end - 1}")
        try:
            async with self._passing:
                with passing.scope:
                    await self._admitted(large.url)
                    await self._http.download(large.url, passing, headers=[ACCEPT, asked], deadline=FILM)
        except (SmallfedError, trio.BrokenResourceError) as error:  # whoever reads sees that some is missing
            event(log, "copy.not_passed", level=logging.DEBUG, url=large.url, reason=str(error))
        finally:
            passing.end()


def _sweep(folder: Path) -> None:
    """Delete what had begun to come when we stopped."""
    for path in folder.glob(".*"):
        path.unlink(missing_ok=True)
