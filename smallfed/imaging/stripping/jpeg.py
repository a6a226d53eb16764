"""JPEG without metadata, thumbnails, and whatever follows the picture.

Spec: ITU-T T.81 Annex B; JFIF 1.02; ICC.1 Annex B.4; Exif 2.3 §4.7.
"""

import re

from smallfed.imaging.stripping.stripped import UPRIGHT, Stripped, broken, exif_of, orientation

_EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})  # Huffman, arithmetic, quantisation, number of lines, restarts
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # what ends a scan: no stuffed byte, no fill, no restart
_JFIF, _EXIF, _ICC, _ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"


def strip_jpeg(data: bytes) -> Stripped:
    """Return the picture; its Exif shrinks to how it is to be turned. One that is cut off in a scan is ended there."""
    kept: list[bytes] = []
    size: tuple[int, int] | None = None
    turned, scans, at = UPRIGHT, 0, 2
    while at < len(data):
        kind, body, end = _segment(data, at)
        if kind == _EOI:
            break
        segment = data[body - 4 : end]
        if kind == _APP1 and segment[4:10] == _EXIF and turned == UPRIGHT:
            turned = orientation(segment[10:])
        elif kind in _FRAMES:
            size = size or _size(segment)
            kept.append(segment)
        elif kind == _SOS:
            found = _MARKER.search(data, end)
            end = len(data) if found is None else found.start()
            kept.append(data[body - 4 : end])
            scans += 1
        elif kind in _TABLES:
            kept.append(segment)
        else:
            kept.append(_application(kind, segment))
        at = end
    if size is None or not scans:
        raise broken("a JPEG without a picture")
    return Stripped(data=_joined(kept, turned), width=size[0], height=size[1])


def _joined(kept: list[bytes], turned: int) -> bytes:
    exif = b"" if turned == UPRIGHT else _EXIF + exif_of(turned)
    told = b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif if exif else b""
    first = kept[0] if kept and kept[0][1:2] == bytes([_APP0]) else b""  # JFIF wants to be the first
    return b"".join([b"\xff\xd8", first, told, *(kept[1:] if first else kept), b"\xff\xd9"])


def _segment(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the marker at ``at``, where its content begins, and where it is over."""
    if data[at] != 0xFF:
        raise broken(f"a JPEG with something else than a marker at {at}")
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise broken("a JPEG that ends in a marker")
    kind = data[at]
    if kind == _EOI:
        return kind, at + 1, at + 1
    length = int.from_bytes(data[at + 1 : at + 3])
    end = at + 1 + length
    if kind < 0xC0 or 0xD0 <= kind <= 0xD8 or length < 2 or end > len(data):
        raise broken(f"a JPEG with a segment {kind:#x} of {length} bytes")
    return kind, at + 3, end


def _size(segment: bytes) -> tuple[int, int]:
    width, height = int.from_bytes(segment[7:9]), int.from_bytes(segment[5:7])
    if not width or not height:
        raise broken("a JPEG without a size")
    return width, height


def _application(kind: int, segment: bytes) -> bytes:
    """Return what is kept of a segment of an application: what says in which colours the picture is."""
    if kind == _APP0 and segment[4:9] == _JFIF and len(segment) >= 18:
        return b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0"  # without its thumbnail
    if (kind == _APP2 and segment[4:16] == _ICC) or (kind == _APP14 and segment[4:9] == _ADOBE and len(segment) >= 16):
        return segment if kind == _APP2 else b"\xff\xee\0\x0e" + segment[4:16]
    return b""
