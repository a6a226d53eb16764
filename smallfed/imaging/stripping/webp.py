"""WebP without Exif, XMP, and chunks that nobody knows.

Spec: RFC 9649 §2 (container), §3 (VP8L); RFC 6386 §9.1 (VP8).
"""

import struct

from smallfed.imaging.animations import chunks
from smallfed.imaging.stripping.stripped import UPRIGHT, Stripped, broken, exif_of, orientation

_SEEN = frozenset({b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_SEEN_OF_A_FRAME = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
_FRAME_HEAD = 16
_MOVES, _EXIF, _ICC, _ALPHA = 0x02, 0x08, 0x20, 0x10  # flags in VP8X; 0x04 announces XMP


def strip_webp(data: bytes) -> Stripped:
    """Return the picture; its Exif shrinks to how it is to be turned."""
    whole = 8 + int.from_bytes(data[4:8], "little")
    if not 20 <= whole <= len(data):
        raise broken("a WebP that is shorter than it says")
    head: bytes | None = None
    kept: list[tuple[bytes, bytes]] = []
    turned = UPRIGHT
    for name, content in chunks(data[:whole], 12):
        if name == b"VP8X" and head is None and len(content) >= 10:
            head = content[:10]
        elif name == b"EXIF":
            turned = orientation(content.removeprefix(b"Exif\0\0"))
        elif name == b"ANMF":
            kept.append((name, _frame(content)))
        elif name in _SEEN:
            kept.append((name, content))
    names = {name for name, _ in kept}
    if not names & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise broken("a WebP without a picture")
    moves = b"ANMF" in names
    width, height = _size(head, kept)
    if head is not None:
        if turned != UPRIGHT:
            kept.append((b"EXIF", exif_of(turned)))
        flags = head[0] & _ALPHA | (_MOVES if moves else 0)
        flags |= (_EXIF if turned != UPRIGHT else 0) | (_ICC if b"ICCP" in names else 0)
        kept.insert(0, (b"VP8X", bytes([flags, 0, 0, 0]) + head[4:]))
    body = b"WEBP" + b"".join(_chunk(*part) for part in kept)
    return Stripped(data=b"RIFF" + struct.pack("<I", len(body)) + body, width=width, height=height, moves=moves)


def _frame(content: bytes) -> bytes:
    inner = (_chunk(*part) for part in chunks(content, _FRAME_HEAD) if part[0] in _SEEN_OF_A_FRAME)
    return content[:_FRAME_HEAD].ljust(_FRAME_HEAD, b"\0") + b"".join(inner)


def _size(head: bytes | None, kept: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    if head is not None:
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    name, content = next(part for part in kept if part[0] in (b"VP8 ", b"VP8L", b"ANMF"))
    if name == b"VP8 " and len(content) >= 10:
        width, height = (int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        if width and height:
            return width, height
    if name == b"VP8L" and len(content) >= 5:
        bits = int.from_bytes(content[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise broken("a WebP without a size")


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
