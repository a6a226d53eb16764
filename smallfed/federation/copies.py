"""Others' pictures, films and sounds, as we keep them or pass them on: nothing here is ever taken for a page.

An address is one of ours or leads nowhere; types are those of the bytes; whatever goes wrong is said in our words.

Spec: RFC 9110 §13 (conditions), §14 (ranges); SAFETY rules 21, 33.
"""

from smallfed.domain.remote import PREFIX
from smallfed.errors import NotFound, Unavailable
from smallfed.federation.cache import knows
from smallfed.federation.exchange import Reply, Request
from smallfed.federation.files import FOREVER, GUARDS, ranged, sent_elsewhere, span_of
from smallfed.policy.copying import TYPES, Choice
from smallfed.runtime.arrival import Arrival
from smallfed.runtime.hands import Loose
from smallfed.services import copying
from smallfed.services.copying import FOLDER, Wanted
from smallfed.workers.parts import Parts
from smallfed.workers.passing_on import Large

SOON = 300  # seconds for what is shown until there is something better
AHEAD = 4 << 20  # bytes beyond what has come that somebody waits for; what is further on is asked for by itself


class Copies:
    """Answers GETs below ``PREFIX``."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._mirroring = parts, parts.mirroring

    async def file(self, request: Request) -> Reply:
        """Give what an address of ours names, or the part of it that is asked for."""
        name = request.path.removeprefix(PREFIX)
        asked = await self._parts.db.read(copying.wanted, self._parts.identity.here, name)
        if asked.purged:
            await self._parts.db.write(copying.refuse, asked)
            raise NotFound("not found")
        for lost in (False, True):
            match await self._mirroring.find(asked, lost=lost):
                case Choice() as choice:
                    reply = await self._kept(request, choice)
                    if reply is not None:
                        return reply
                case Loose() as loose:
                    told = _headers("", loose.media_type)
                    return Reply(body=loose.open(), content_type=loose.media_type, headers=told)
                case Arrival() as arrival:
                    return await self._arriving(request, asked, arrival)
                case Large() as large:
                    return await self._passed(request, large)
        raise Unavailable("this cannot be shown now", retry_after=60)

    async def _kept(self, request: Request, choice: Choice) -> Reply | None:
        """Return a file of ours; None when it is not there."""
        if (elsewhere := await self._parts.storage.address(f"{FOLDER}/{choice.name}")) is not None:
            return sent_elsewhere(elsewhere)
        content = await self._parts.storage.open(f"{FOLDER}/{choice.name}")
        if content is None:
            return None
        etag, headers = f'"{choice.name}"', _headers(choice.name, choice.media_type, brief=choice.provisional)
        if knows(request, etag):
            content.close()
            return Reply(status=304, content_type=choice.media_type, headers=headers)
        return ranged(request, content, etag, choice.media_type, headers)

    async def _arriving(self, request: Request, asked: Wanted, arrival: Arrival) -> Reply:
        """Return what is still coming; what is far behind it, by a request of its own."""
        span = span_of(request.header("range") or "", arrival.whole)
        if span is not None and span.first < span.end and span.first > arrival.here + AHEAD:
            return await self._passed(request, Large(url=asked.url, media_type=arrival.media_type))
        return ranged(request, arrival.open(), '""', arrival.media_type, _headers("", arrival.media_type))

    async def _passed(self, request: Request, large: Large) -> Reply:
        """Return what another server sends, from where it is asked for."""
        headers = _headers("", large.media_type)
        if request.method == "HEAD":
            return Reply(content_type=large.media_type, headers=headers)
        first, end = _asked(request)
        passing = await self._mirroring.pass_on(large, first, end)
        part = passing.part
        if part is None or part.first != first or request.header("range") is None:
            return Reply(body=passing, content_type=large.media_type, headers=headers)  # all of it, whatever was asked
        told = ("content-range", f"bytes {part.first}-{part.end - 1}/{part.whole}")
        return Reply(status=206, body=passing, content_type=large.media_type, headers=(*headers, told))


def _asked(request: Request) -> tuple[int, int | None]:
    """Return from where a Range is asked for, and to where; everything, for whatever else it says."""
    unit, _, said = (request.header("range") or "").strip().lower().partition("=")
    first, dash, last = said.partition("-")
    if unit != "bytes" or not dash or not _is_number(first) or (last and not _is_number(last)):
        return 0, None
    begin, end = int(first), int(last) + 1 if last else None
    return (begin, end) if end is None or end > begin else (0, None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _headers(name: str, media_type: str, *, brief: bool = False) -> tuple[tuple[str, str], ...]:
    """Return the headers of something that is shown; without a ``name``, of what cannot be asked for again as it is."""
    shown = name or f"media.{TYPES[media_type]}"
    keep = f"public, max-age={FOREVER}, immutable" if name and not brief else f"private, max-age={SOON if name else 0}"
    etag = (("etag", f'"{name}"'),) if name else ()
    ranges = ("accept-ranges", "bytes")
    return (("cache-control", keep), *etag, ranges, ("content-disposition", f'inline; filename="{shown}"'), *GUARDS)
