"""Files of ours that everybody may have: pictures of posts, of the owner, custom emoji, and those for who has none.

An address always means the same bytes, so that they may be kept for ever; whoever knows it may have them, as with
Mastodon. They go from the disk to the network piece by piece and are never taken for a page.

Spec: RFC 9110 §13 (conditions), §14 (ranges); SAFETY rule 33 and §3; CLIENT_API §13 item 18; RULINGS 24.
"""

import re

from msgspec import Struct

from smallfed.errors import NotFound
from smallfed.federation.cache import knows
from smallfed.federation.exchange import Reply, Request
from smallfed.imaging.naming import TYPES
from smallfed.runtime.arrival import Growing
from smallfed.runtime.content import Content
from smallfed.workers.drawing import DRAWN, Drawing
from smallfed.workers.parts import Parts

PREFIX = "/media/"
FOREVER, WEEK, HOUR = 365 * 86400, 7 * 86400, 3600

GUARDS = (
    ("content-security-policy", "default-src 'none'; sandbox"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("access-control-allow-origin", "*"),
)
"""Headers of every file, by which it is shown anywhere and can do nothing."""

_PLACES = frozenset({"files", "avatars", "headers", "emojis"})
_NAME = re.compile(r"[0-9a-f]{32}(?:-small|-moves|-still)?\.([a-z0-9]+)")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Span(Struct, frozen=True):
    """The bytes from ``first`` on, before ``end``."""

    first: int
    end: int


class Files:
    """Answers GETs below ``PREFIX``."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._drawing = parts, Drawing(parts)

    async def file(self, request: Request) -> Reply:
        """Give a file, or the part of it that is asked for."""
        place, _, name = request.path.removeprefix(PREFIX).partition("/")
        media_type, age = _known(place, name)
        if (elsewhere := await self._parts.storage.address(f"{place}/{name}")) is not None:
            return sent_elsewhere(elsewhere)
        content = await self._found(place, name)
        etag = f'"{name}"'
        headers = (
            ("cache-control", f"public, max-age={age}, immutable"),
            ("etag", etag),
            ("accept-ranges", "bytes"),
            ("content-disposition", f'inline; filename="{name}"'),
            *GUARDS,
        )
        if knows(request, etag):
            content.close()
            return Reply(status=304, content_type=media_type, headers=headers)
        return ranged(request, content, etag, media_type, headers)

    async def _found(self, place: str, name: str) -> Content:
        content = await self._parts.storage.open(f"{place}/{name}")
        if content is None and (place, name) in DRAWN:
            await self._drawing.ensure(place, name)
            content = await self._parts.storage.open(f"{place}/{name}")
        if content is None:
            raise NotFound("not found")
        return content


def sent_elsewhere(address: str) -> Reply:
    """Send whoever asks to where everybody can read it. Not for ever: the owner may bring it back."""
    headers = (("location", address), ("cache-control", f"public, max-age={HOUR}"), *GUARDS)
    return Reply(status=307, content_type="text/plain; charset=utf-8", headers=headers)


def _known(place: str, name: str) -> tuple[str, int]:
    """Return the type of a file and for how long it may be kept; NotFound for what can be none of ours."""
    if (place, name) in DRAWN:
        return "image/png", WEEK
    match = _NAME.fullmatch(name)
    if place not in _PLACES or match is None or match[1] not in TYPES:
        raise NotFound("not found")
    return TYPES[match[1]], FOREVER


def ranged(
    request: Request, content: Content | Growing, etag: str, media_type: str, headers: tuple[tuple[str, str], ...]
) -> Reply:
    """Return a file, or the part of it that is asked for."""
    whole = content.size
    asked = request.header("range")
    if asked is None or request.header("if-range") not in (None, etag):
        return Reply(body=content, content_type=media_type, headers=headers)
    span = span_of(asked, whole)
    if span is None:
        return Reply(body=content, content_type=media_type, headers=headers)
    if span.first >= span.end:
        content.close()
        return Reply(status=416, content_type=media_type, headers=(*headers, ("content-range", f"bytes */{whole}")))
    content.narrow(span.first, span.end)
    told = ("content-range", f"bytes {span.first}-{span.end - 1}/{whole}")
    return Reply(status=206, body=content, content_type=media_type, headers=(*headers, told))


def span_of(asked: str, whole: int) -> Span | None:
    """Return what a Range asks of ``whole`` bytes: an empty span when there is nothing there, None to give everything.

    Several ranges at once are given everything, as RFC 9110 §14.2 allows.
    """
    match = _RANGE.fullmatch(asked.strip().lower())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return Span(max(0, whole - int(match[2])), whole)
    first, last = int(match[1]), int(match[2]) if match[2] else whole - 1
    if last < first and match[2]:
        return None  # no range at all
    return Span(first, min(last + 1, whole))
