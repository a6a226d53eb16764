"""Passing on: films and sounds that are not kept go from their server to whoever looks, part by part.

Spec: SAFETY rules 21, 33.
"""

import logging
from math import inf

import trio
from msgspec import Struct

from smallfed.errors import SmallfedError, Unavailable
from smallfed.imaging.sniffing import sniff
from smallfed.observe.logging import event
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock
from smallfed.runtime.passing import Passing
from smallfed.workers import turns
from smallfed.workers.documents import Documents
from smallfed.workers.taking import ACCEPT

log = logging.getLogger(__name__)

AT_ONCE = 8  # that are on their way through
PATIENCE = 30.0  # seconds in which the other server must have begun


class Large(Struct, frozen=True, kw_only=True):
    """A film or sound that is passed on by parts."""

    url: str
    media_type: str


class PassingOn:
    """Passes on while it is ``open``."""

    def __init__(self, http: Http, documents: Documents, clock: Clock) -> None:
        self._http, self._documents, self._clock = http, documents, clock
        self._places = trio.CapacityLimiter(AT_ONCE)
        self._nursery: trio.Nursery | None = None

    def open(self, nursery: trio.Nursery | None) -> None:
        """Work in this nursery from now on; with None, not any more."""
        self._nursery = nursery

    async def begin(self, large: Large, first: int, end: int | None) -> Passing:
        """Begin to pass on a part of something. Unavailable when too much is passed on already."""
        if self._nursery is None or not self._places.available_tokens:
            raise Unavailable("too many films are being watched at once", retry_after=5)
        passing = Passing(first=first, end=end, fits=lambda start: sniff(start) == large.media_type)
        self._nursery.start_soon(self._pass, passing, large, first, end)
        try:
            with trio.move_on_after(PATIENCE):
                await passing.begun.wait()
            if passing.part is None:
                raise Unavailable("this cannot be had from its server now", retry_after=60)
        except BaseException:
            passing.close()
            raise
        return passing

    async def _pass(self, passing: Passing, large: Large, first: int, end: int | None) -> None:
        """Go on for as long as something is taken: the door sees to that."""
        asked = ("Range", f"bytes={first}-{'' if end is None else end - 1}")
        try:
            async with self._places:
                with passing.scope:
                    await turns.take(self._documents, self._clock, large.url)
                    await self._http.download(
                        large.url,
                        passing,
                        headers=[ACCEPT, asked],
                        deadline=inf,
                        onward=self._documents.require_media,
                    )
        except (SmallfedError, trio.BrokenResourceError) as error:  # whoever reads sees that some is missing
            event(log, "copy.not_passed", level=logging.DEBUG, url=large.url, reason=str(error))
        finally:
            passing.end()
