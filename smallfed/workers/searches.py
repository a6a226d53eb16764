"""Searches of the intake: an activity waits a moment for what it lacks; the search goes on without it.

Spec: RULINGS 16: what cannot be met now frees its place; it is asked again when the fact arrives.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import trio

from smallfed.errors import SmallfedError, TooMany, Unreachable
from smallfed.policy.budgets import Errand
from smallfed.policy.parking import FINAL
from smallfed.runtime.bell import Bell
from smallfed.runtime.database import Database
from smallfed.workers.fetching import Fetcher
from smallfed.workers.storing import wake

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds that an activity waits in its place
LONG_PATIENCE = 10.0  # where nobody else could use what was found
AT_ONCE = 256  # searches that ask somebody; more wait for their turn
MOST = 1024  # searches altogether; beyond these, activities are parked and come back a little later

T = TypeVar("T")


class _Search:
    __slots__ = ("deserted", "error", "over")

    def __init__(self) -> None:
        self.over = trio.Event()
        self.error: Exception | None = None
        self.deserted = False  # somebody was parked meanwhile, and must hear of the end


class Searches:
    """The searches under way, by URI. They run in the nursery that ``open`` was given; ``bell`` wakes the intake."""

    def __init__(self, fetcher: Fetcher, db: Database, bell: Bell) -> None:
        self._fetcher, self._db, self._bell = fetcher, db, bell
        self._nursery: trio.Nursery | None = None
        self._searches: dict[tuple[str, bool], _Search] = {}
        self._turn = trio.Semaphore(AT_ONCE)
        self.patient = 0
        """How many activities wait at this moment."""

    def open(self, nursery: trio.Nursery) -> None:
        """Begin anew, in this nursery."""
        self._nursery = nursery
        self._searches.clear()
        self._turn = trio.Semaphore(AT_ONCE)
        self.patient = 0

    async def find(self, uri: str, errand: Errand, *, fresh: bool = False) -> None:
        """Wait until ``uri`` is fetched and stored; Unreachable when that takes too long, else why it cannot be."""
        search = self._searches.get((uri, fresh)) or self._begin(uri, errand, fresh=fresh)
        with self._waiting(PATIENCE):
            await search.over.wait()
        if not search.over.is_set():
            search.deserted = True
            raise Unreachable(f"{uri} is still being fetched.")
        if search.error is not None:
            raise search.error

    async def read(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what ``work`` reads from another server; Unreachable when that takes too long."""
        with self._waiting(LONG_PATIENCE):
            return await work()
        raise Unreachable("The other server takes too long to answer.")

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        self.patient += 1
        self._bell.ring()  # there is room for another
        try:
            with trio.move_on_after(seconds):
                yield
        finally:
            self.patient -= 1

    def _begin(self, uri: str, errand: Errand, *, fresh: bool) -> _Search:
        assert self._nursery is not None
        if len(self._searches) >= MOST:
            raise TooMany("Too much is being fetched at this moment.", retry_after=5)
        search = self._searches[uri, fresh] = _Search()
        self._nursery.start_soon(self._run, uri, errand, search, fresh)
        return search

    async def _run(self, uri: str, errand: Errand, search: _Search, fresh: bool) -> None:
        try:
            async with self._turn:
                await self._fetcher.obtain(uri, errand, fresh=fresh)
        except SmallfedError as error:
            search.error = error
        except Exception as error:
            log.exception("searching %r", uri)
            search.error = error
        finally:
            del self._searches[uri, fresh]
            search.over.set()
        if search.deserted and (search.error is None or isinstance(search.error, FINAL)):
            await self._db.patient_write(wake, uri)
            self._bell.ring()
