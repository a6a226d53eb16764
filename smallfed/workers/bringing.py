"""Bringing: what is at an address of another server is fetched once, however many wait for it, and kept.

Spec: SAFETY rules 21–26, 33; RULINGS 31.
"""

import logging
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import trio

from smallfed.domain.copy import Copy, Shrinking
from smallfed.errors import Invalid, NotFound, SmallfedError, TooMany, Unavailable
from smallfed.imaging.stripping import Stripped
from smallfed.observe.logging import event
from smallfed.policy.copying import is_picture, pause
from smallfed.runtime import files
from smallfed.runtime.arrival import Arrival
from smallfed.runtime.aside import Aside
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.hands import Hands, Loose
from smallfed.runtime.room import Room
from smallfed.services import copying
from smallfed.services.copying import Fetched, Wanted
from smallfed.store import purges
from smallfed.workers import turns
from smallfed.workers.documents import Documents, successful
from smallfed.workers.passing_on import Large
from smallfed.workers.taking import ACCEPT, FILM, Taking, TooLong

log = logging.getLogger(__name__)


IN_HANDS = 48 << 20  # bytes of pictures that are shown and not kept

Brought = Arrival | Loose | Large | Copy


class _Flight:
    """Something under way: settled when it can be shown, or not."""

    def __init__(self) -> None:
        self.settled = trio.Event()
        self.found: Brought | SmallfedError | None = None

    def settle(self, found: "Brought | SmallfedError") -> None:
        self.found = found
        self.settled.set()


class Bringer:
    """Brings to ``folder`` while it is ``open``. ``films``: bytes of a film or sound that is kept."""

    def __init__(
        self,
        db: Database,
        http: Http,
        documents: Documents,
        clock: Clock,
        dice: Dice,
        aside: Aside,
        folder: Path,
        *,
        films: int,
        room: Room,
    ) -> None:
        self._db, self._http, self._documents, self._clock, self._dice = db, http, documents, clock, dice
        self._aside, self._folder, self._films, self._room = aside, folder, films, room
        self._flights: dict[str, _Flight] = {}
        self.hands = Hands(IN_HANDS)
        self._one_large = trio.CapacityLimiter(1)  # a picture and its copy: 32 MB at most
        self._nursery: trio.Nursery | None = None

    def open(self, nursery: trio.Nursery) -> None:
        """Work in this nursery from now on."""
        self._nursery = nursery

    def close(self) -> None:
        """Send those who wait away."""
        self._nursery = None
        for flight in self._flights.values():
            flight.settle(Unavailable("this server is stopping", retry_after=10))
        self._flights.clear()

    async def bring(self, asked: Wanted) -> Brought:
        """Return what is there as soon as it can be shown; NotFound, or Unavailable when it can be had later."""
        flight = self._flights.get(asked.url)
        if flight is None:
            if self._nursery is None:
                raise Unavailable("this server is only starting", retry_after=5)
            flight = self._flights[asked.url] = _Flight()
            self._nursery.start_soon(self._fly, flight, asked)
        await flight.settled.wait()
        assert flight.found is not None
        if isinstance(flight.found, SmallfedError):
            raise flight.found
        return flight.found

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
        try:
            await self._db.patient_write(fail, asked)
        except Unavailable as full:  # then it is tried again by whoever looks next
            event(log, "copy.failure_not_noted", level=logging.WARNING, url=asked.url, reason=full.message)

    async def _fetch(self, flight: _Flight, asked: Wanted) -> Copy | Loose | Large:
        await turns.take(self._documents, self._clock, asked.url)
        stem, booking = f"{self._dice(128):032x}", self._room.book()
        with trio.CancelScope() as scope:
            taking = Taking(
                self._folder, stem, booking, self.hands, films=self._films, deadline=scope, decided=flight.settle
            )
            try:
                onward = self._documents.require_media
                answer = await self._http.download(asked.url, taking, headers=[ACCEPT], deadline=FILM, onward=onward)
                successful(answer, now=self._clock.now())
                taking.finish()
                scope.deadline = inf
                return await self._taken(taking, asked)
            except TooLong as error:
                return await self._not_kept(asked, error)
            finally:
                taking.close()
        if not taking.is_begun:
            raise TooMany("its server is asked for too much at once", retry_after=10)
        raise Invalid("it did not come in time")

    async def _not_kept(self, asked: Wanted, found: TooLong) -> Copy | Large:
        """Note what is passed on; where that cannot be noted, it is tried anew by whoever looks next."""
        kept = Fetched(media_type=found.media_type, size=found.size)
        try:
            return await self._kept(asked, kept)
        except Unavailable:
            return Large(url=asked.url, media_type=found.media_type)

    async def _taken(self, taking: Taking, asked: Wanted) -> Copy | Loose:
        if not is_picture(taking.media_type):
            return await self._film(taking, asked)
        async with self._one_large if taking.is_large else nullcontext():
            found = await self._aside.thread(taking.stripped)
            await self._require_wanted(asked, *taking.digests)
            if not taking.booking.take(len(found.data)):
                return taking.loose(found.data)
            try:
                return await self._picture(taking, asked, found)
            except Unavailable:  # the disk is full after all
                return taking.loose(found.data)

    async def _picture(self, taking: Taking, asked: Wanted, found: Stripped) -> Copy:
        fetched, name = taking.picture(found, asked.subject)
        draft = self._folder / f".{name}"
        try:
            await self._aside.thread(files.write, draft, found.data)
            copy = await self._kept(asked, fetched)
            await self._aside.thread(files.settle, draft, self._folder / name)
        except BaseException:
            with trio.CancelScope(shield=True):
                await self._aside.thread(files.remove, draft)
            raise
        taking.booking.keep(fetched.size)
        if fetched.shrinking is not Shrinking.WANTED:
            await self._db.patient_write(copying.settled, [name])
        return copy

    async def _require_wanted(self, asked: Wanted, *digests: bytes | None) -> None:
        """Refuse what was purged here, whatever address it comes from now, before it is written anywhere."""
        if await self._db.read(purges.holds_file, *digests):
            await self._db.patient_write(copying.refuse, asked, *digests)
            raise NotFound("it is not here")

    async def _kept(self, asked: Wanted, fetched: Fetched) -> Copy:
        """Note what was fetched; NotFound where it was purged while it came."""
        copy: Copy | None = await self._db.patient_write(copying.keep, asked, fetched)
        if copy is None:
            raise NotFound("it is not here")
        return copy

    async def _film(self, taking: Taking, asked: Wanted) -> Copy:
        draft, fetched = taking.film()
        await self._require_wanted(asked, fetched.digest)
        await self._aside.thread(draft.sync)
        copy = await self._kept(asked, fetched)
        await self._aside.thread(draft.keep)
        draft.hand_over()
        taking.booking.keep(fetched.size)
        await self._db.patient_write(copying.settled, [draft.name])
        return copy
