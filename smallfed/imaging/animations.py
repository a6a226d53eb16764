"""Animations, GIF and WebP: kept frame by frame as they are, without anything that is not seen.

To write them anew would cost quality and minutes. So the container is written anew and the frames are copied: comments,
metadata, unknown blocks and whatever follows the end are left out.

Spec: GIF89a §§15–27; RFC 9649 §2.7 (WebP container).
"""

import struct
from collections.abc import Iterator

from smallfed.errors import Invalid

_TRAILER, _EXTENSION, _IMAGE = 0x3B, 0x21, 0x2C
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})

_SEEN = frozenset({b"ANIM", b"ANMF"})
_SEEN_OF_A_FRAME = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
_FRAME_HEAD = 16
_ALPHA_AND_MOVES = 0x10 | 0x02  # of the flags in VP8X; the others announce colour profile, Exif and XMP


def _broken(what: str) -> Invalid:
    return Invalid("This picture is broken and cannot be read.", detail=what)


# GIF ------------------------------------------------------------------------------------------------------------------
def stripped_gif(data: bytes) -> bytes:
    """Return a GIF with its frames, their timing and how often they are repeated. Invalid for what is none."""
    if len(data) < 13:
        raise _broken("a GIF without a screen")
    at = 13 + _table(data[10])
    if at > len(data):
        raise _broken("a GIF that ends in its table of colours")
    kept = bytearray(b"GIF89a" + data[6:at])
    while at < len(data) and data[at] != _TRAILER:
        block, at = _gif_block(data, at)
        kept += block
    return bytes(kept) + bytes([_TRAILER])


def frames_of_gif(stripped: bytes) -> int:
    """Return how many frames there are in what ``stripped_gif`` returned."""
    frames, at = 0, 13 + _table(stripped[10])
    while stripped[at] != _TRAILER:
        frames += stripped[at] == _IMAGE
        _, at = _gif_block(stripped, at)
    return frames


def _gif_block(data: bytes, at: int) -> tuple[bytes, int]:
    """Return what is kept of the block at ``at``, and where the next one begins."""
    match data[at]:
        case kind if kind == _IMAGE and at + 10 < len(data):
            body = at + 10 + _table(data[at + 9]) + 1  # the one is the size of a code
            end = _end(data, body)
            return data[at:end], end
        case kind if kind == _EXTENSION and at + 2 < len(data):
            end = _end(data, at + 2)
            return _extension(data, at, end), end
        case kind:
            raise _broken(f"a GIF with a block {kind:#x}")


def _extension(data: bytes, at: int, end: int) -> bytes:
    label = data[at + 1]
    if label == _CONTROL and data[at + 2] == 4:
        return data[at : at + 7] + b"\0"
    if label == _APPLICATION and data[at + 3 : at + 14] in _LOOPS and data[at + 14 : at + 16] == b"\x03\x01":
        return data[at : at + 18] + b"\0" if at + 18 < end else b""
    return b""


def _table(flags: int) -> int:
    """Return the length of a table of colours by the flags that announce it."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end(data: bytes, at: int) -> int:
    """Return where a row of sub-blocks that begins at ``at`` is over."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    if at >= len(data):
        raise _broken("a GIF that ends in the middle of a block")
    return at + 1


# WebP -----------------------------------------------------------------------------------------------------------------
def stripped_webp(data: bytes) -> bytes:
    """Return a moving WebP with its frames, their timing and how often they are repeated. Invalid for what is none."""
    body = bytearray(b"WEBP")
    for name, content in chunks(data, 12):
        if name == b"VP8X":
            if len(content) < 10:
                raise _broken("a WebP with a short head")
            body += _chunk(name, bytes([content[0] & _ALPHA_AND_MOVES, 0, 0, 0]) + content[4:10])
        elif name == b"ANMF":
            frame = content[:_FRAME_HEAD]
            inner = (_chunk(*part) for part in chunks(content, _FRAME_HEAD) if part[0] in _SEEN_OF_A_FRAME)
            body += _chunk(name, frame + b"".join(inner))
        elif name in _SEEN:
            body += _chunk(name, content)
    return b"RIFF" + struct.pack("<I", len(body)) + bytes(body)


def is_lossless_webp(data: bytes) -> bool:
    """Whether a still WebP keeps every pixel."""
    return any(name == b"VP8L" for name, _ in chunks(data, 12))


def chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, content) of the chunks of a RIFF file from ``at`` on; the last one may be cut off."""
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
