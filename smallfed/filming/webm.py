"""WebM: films stay where they are in the file; what is neither seen nor heard is made void, byte for byte.

So nothing moves, and the index of the file stays true.

Spec: RFC 8794 (EBML), RFC 9559 (Matroska); https://www.webmproject.org/docs/container/.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.filming import formats, vorbis
from smallfed.filming.measures import Measures, rate
from smallfed.filming.pieces import broken, copy, exactly, fill, length
from smallfed.filming.planning import MATRIX

MOST = 1 << 20  # bytes of what is read as a whole
MOST_ELEMENTS = 4_000_000

_HEAD, _SEGMENT, _CLUSTER, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B
_ENTERED = frozenset({_SEGMENT, _CLUSTER})  # what is in them is looked at one by one
_KEPT = frozenset({_HEAD, 0x114D9B74, 0x1C53BB6B, 0xE7, 0xA3, 0xA0, 0xA7, 0xAB})  # index, times, and what is shown
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_BY_WHOM = frozenset({0x4D80, 0x5741})  # programs: they must be named, with whatever name
_TRACK, _CODEC, _SETTING, _FILM, _SOUND = 0xAE, 0x86, 0x63A2, 0xE0, 0xE1
_EACH = 0x23E383  # nanoseconds that a picture is seen
_OF_TRACKS = frozenset(
    {0xD7, 0x73C5, 0x83, 0x9C, 0xB9, 0x88, 0x55AA, _CODEC, _SETTING, 0x56AA, 0x56BB, _EACH, _FILM, _SOUND}
)
_PLAYED = {b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"}
_VOID = 0xEC


class _Element(Struct, frozen=True):
    """``head`` is its name and its length as they are written; ``size`` None: it goes on until something ends it."""

    name: int
    head: bytes
    size: int | None


class _Found:
    """What has been read so far."""

    def __init__(self) -> None:
        self.scale, self.duration = 1_000_000, 0.0
        self.width = self.height = self.each = 0


def clean(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write what is seen and heard; Invalid for what is broken or would have to be written anew for apps to play it."""
    whole, found = length(source), _Found()
    for _ in range(MOST_ELEMENTS):
        if source.tell() >= whole or (element := _element(source)) is None:
            break
        _take(element, source, target, found, whole - source.tell())
    if not found.width:
        raise Invalid(formats.needs_ffmpeg("sounds in WebM"))
    seconds = round(found.duration * found.scale / 1e9, 3)
    return Measures(
        media_type="video/webm",
        width=found.width,
        height=found.height,
        duration=seconds if 0 < seconds < 1e6 else None,
        frame_rate=rate(1_000_000_000, found.each) if found.each else None,
    )


def _take(element: _Element, source: BinaryIO, target: BinaryIO, found: _Found, left: int) -> None:
    if element.name in _ENTERED:
        target.write(element.head)
        return
    if element.size is None or element.size > left:
        raise broken(f"an element {element.name:#x} that does not end")
    if element.name in _KEPT:
        target.write(element.head)
        copy(source, target, element.size)
    elif element.name in (_INFO, _TRACKS):
        if element.size > MOST:
            raise broken("a long head")
        body = exactly(source, element.size)
        target.write(element.head + (_info(body, found) if element.name == _INFO else _tracks(body, found)))
    else:
        _skip(source, target, element)


def _skip(source: BinaryIO, target: BinaryIO, element: _Element) -> None:
    assert element.size is not None
    target.write(_void(len(element.head) + element.size, head_only=True))
    fill(target, len(element.head) + element.size - len(_void(len(element.head) + element.size, head_only=True)))
    source.seek(element.size, 1)


def _void(size: int, *, head_only: bool = False) -> bytes:
    """Return an element of ``size`` bytes that says nothing."""
    head = bytes([_VOID, 0x80 | size - 2]) if size < 9 else b"%c\x01%b" % (_VOID, (size - 9).to_bytes(7))
    return head if head_only else head + bytes(size - len(head))


# Reading --------------------------------------------------------------------------------------------------------------
def _element(source: BinaryIO) -> _Element | None:
    """Return the element that begins here, or None where none does."""
    first = exactly(source, 1)
    if first[0] < 0x10:
        return None
    name = first + exactly(source, 8 - first[0].bit_length())
    told = exactly(source, 1)
    if not told[0]:
        raise broken("a length of more than eight bytes")
    more = 8 - told[0].bit_length()
    told += exactly(source, more)
    return _Element(int.from_bytes(name), name + told, _size(told, more))


def _size(told: bytes, more: int) -> int | None:
    size = int.from_bytes(told) & ((1 << 7 * (more + 1)) - 1)
    return None if size == (1 << 7 * (more + 1)) - 1 else size


def _inside(body: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (name, head, content) of the elements in another one."""
    at = 0
    while at < len(body):
        first = body[at]
        wide = 9 - first.bit_length()
        if first < 0x10 or at + wide >= len(body) or not body[at + wide]:
            raise broken("an element without a head")
        more = 8 - body[at + wide].bit_length()
        begin = at + wide + 1 + more
        size = _size(body[at + wide : begin], more)
        if size is None or begin + size > len(body):
            raise broken("an element that does not end")
        yield int.from_bytes(body[at : at + wide]), body[at:begin], body[begin : begin + size]
        at = begin + size


def _info(body: bytes, found: _Found) -> bytes:
    written = b""
    for name, head, content in _inside(body):
        if name == _SCALE:
            found.scale = int.from_bytes(content[:8]) or found.scale
        elif name == _DURATION and len(content) in (4, 8):
            found.duration = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]
        if name in (_SCALE, _DURATION):
            written += head + content
        else:
            written += head + bytes(len(content)) if name in _BY_WHOM else _void(len(head) + len(content))
    return written


def _tracks(body: bytes, found: _Found) -> bytes:
    written = b""
    for name, head, content in _inside(body):
        written += head + _track(content, found) if name == _TRACK else _void(len(head) + len(content))
    return written


def _track(body: bytes, found: _Found) -> bytes:
    written, codec, parts = b"", b"", list(_inside(body))
    for name, _, content in parts:
        if name == _CODEC:
            codec = content.rstrip(b"\0")
    if codec not in _PLAYED:
        raise Invalid(formats.needs_ffmpeg("films with such tracks"), detail=repr(codec[:40]))
    for name, head, content in parts:
        if name == _SETTING and codec == b"A_VORBIS":
            written += head + vorbis.silenced_setting(content)
        elif name in _OF_TRACKS:
            written += head + content
        else:
            written += _void(len(head) + len(content))
        if name == _FILM:
            _look(content, found)
        elif name == _EACH and codec.startswith(b"V_"):
            found.each = int.from_bytes(content[:8])
    return written


def _look(body: bytes, found: _Found) -> None:
    """Read the size of a film: 0xB0 by 0xBA pixels, to be shown as 0x54B0 by 0x54BA where they are square."""
    told = {name: int.from_bytes(content[:8]) for name, _, content in _inside(body)}
    shown = (told.get(0x54B0, 0), told.get(0x54BA, 0)) if told.get(0x54B2, 0) == 0 else (0, 0)
    width, height = shown if all(0 < side <= 16_384 for side in shown) else (told.get(0xB0, 0), told.get(0xBA, 0))
    if not 0 < width * height <= MATRIX:
        raise Invalid(f"This film is too large: {width} × {height} pixels; 3840 × 2160 are allowed.")
    found.width, found.height = width, height
