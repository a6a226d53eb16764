"""PNG and APNG without texts, times, and chunks that nobody knows.

Spec: PNG (third edition) §§4.7, 5, 11.
"""

from zlib import crc32

from smallfed.imaging.stripping.stripped import UPRIGHT, Stripped, broken, exif_of, orientation

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SEEN = frozenset({b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"iCCP", b"sBIT", b"bKGD", b"fcTL", b"fdAT"})
_LENGTHS = {b"cHRM": 32, b"gAMA": 4, b"sRGB": 1, b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"pHYs": 9, b"acTL": 8}
"""Chunks that are seen, too, but only if they are as long as they have to be: otherwise something else is in them."""
_MOST = {b"sBIT": 4, b"bKGD": 6, b"PLTE": 768, b"tRNS": 256}


def strip_png(data: bytes) -> Stripped:
    """Return the picture; its Exif shrinks to how it is to be turned."""
    size = _size(data)
    kept, turned, has_pixels, moves, at = [_SIGNATURE], UPRIGHT, False, False, len(_SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise broken("a PNG that ends before its end")
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise broken("a PNG that ends in a chunk")
        if name == b"IEND":
            break
        if name in _SEEN or name in _LENGTHS:
            kept.append(_shown(name, data[at:end]))
        elif name == b"eXIf":
            turned = orientation(data[at + 8 : end - 4])
        elif name[:1].isupper():
            raise broken(f"a PNG with a critical chunk {name!r}")
        has_pixels, moves = has_pixels or name == b"IDAT", moves or (name == b"acTL" and length == _LENGTHS[name])
        at = end
    if not has_pixels:
        raise broken("a PNG without pixels")
    if turned != UPRIGHT:
        kept.insert(2, _chunk(b"eXIf", exif_of(turned)))
    kept.append(_chunk(b"IEND", b""))
    return Stripped(data=b"".join(kept), width=size[0], height=size[1], moves=moves)


def _size(data: bytes) -> tuple[int, int]:
    if data[8:16] != b"\0\0\0\x0dIHDR" or len(data) < 33:
        raise broken("a PNG without a head")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if not 0 < width < 1 << 31 or not 0 < height < 1 << 31:
        raise broken("a PNG without a size")
    return width, height


def _shown(name: bytes, chunk: bytes) -> bytes:
    """Return a chunk that is seen, or nothing where it holds more than that; a profile is called as we like."""
    length = len(chunk) - 12
    if name == b"iCCP":
        _, _, packed = chunk[8:-4].partition(b"\0")
        return _chunk(name, b"icc\0" + packed)
    fits = length == _LENGTHS[name] if name in _LENGTHS else length <= _MOST.get(name, length)
    return chunk if fits else b""


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + crc32(name + content).to_bytes(4)
