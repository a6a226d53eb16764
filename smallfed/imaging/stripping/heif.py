"""AVIF and HEIC without Exif, XMP, descriptions, and boxes that nobody knows.

Boxes refer to each other by their place in the file, so nothing is taken out: what is not kept is overwritten where it
stands. How such a picture is to be turned is a property of its own (irot, imir) and stays; Exif does not count.

Spec: ISO 14496-12 §§4.2, 8.11 (boxes, items); ISO 23008-12 §§6, Annex A (HEIF, Exif and XMP); AVIF 1.1.
"""

from collections.abc import Collection, Iterator

from msgspec import Struct

from smallfed.imaging.stripping.stripped import UPRIGHT, Stripped, broken, exif_of

_OF_FILE = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"mini"})
_OF_META = frozenset({b"hdlr", b"dinf", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl"})
_OF_PICTURES = frozenset(
    {b"ispe", b"pixi", b"colr", b"pasp", b"clap", b"irot", b"imir", b"auxC", b"lsel", b"av1C", b"hvcC", b"avcC"}
    | {b"a1op", b"a1lx", b"clli", b"mdcv", b"cclv", b"amve", b"rloc", b"iscl", b"rref"}
)
_NOT_OF_FILMS = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
_CONTAINERS = frozenset({b"trak", b"edts", b"mdia", b"minf", b"stbl"})
_ITEMS = frozenset({b"av01", b"hvc1", b"hev1", b"avc1", b"jpeg", b"grid", b"iovl", b"iden", b"tmap"})


class _Box(Struct, frozen=True):
    """A box: where it begins, its content begins, and it is over."""

    name: bytes
    start: int
    body: int
    end: int


def strip_heif(data: bytes) -> Stripped:
    """Return the picture; Invalid where it is not clear what belongs to what."""
    out, size, moves = bytearray(data), (0, 0), False
    boxes = list(_boxes(data, 0, len(data)))
    if not boxes or boxes[0].name != b"ftyp":
        raise broken("no file of boxes")
    for box in boxes:
        if box.name not in _OF_FILE:
            _blank(out, box)
        elif box.name == b"meta":
            size = max(size, _strip_meta(data, out, box))
        elif box.name == b"moov":
            moves = True
            _strip_film(data, out, box)
    if not all(size):
        raise broken("a picture in boxes without a size")
    return Stripped(data=bytes(out), width=size[0], height=size[1], moves=moves)


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    while at < end:
        length, name, body = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], at + 8
        if length == 1:
            length, body = int.from_bytes(data[at + 8 : at + 16]), at + 16
        elif length == 0:
            length = end - at
        if length < body - at or at + length > end:
            raise broken(f"a box {name!r} of {length} bytes at {at}")
        yield _Box(name, at, body, at + length)
        at += length


def _blank(out: bytearray, box: _Box) -> None:
    out[box.start + 4 : box.start + 8] = b"free"
    out[box.body : box.end] = bytes(box.end - box.body)


def _strip_film(data: bytes, out: bytearray, box: _Box) -> None:
    """Blank what films say about themselves; as deep as they are known to be."""
    left = [box]
    while left:
        parent = left.pop()
        for inner in _boxes(data, parent.body, parent.end):
            if inner.name in _NOT_OF_FILMS:
                _blank(out, inner)
            elif inner.name in _CONTAINERS:
                left.append(inner)


def _strip_meta(data: bytes, out: bytearray, meta: _Box) -> tuple[int, int]:
    """Blank all items that are no pictures, and return the size of the largest picture."""
    inner = {box.name: box for box in _boxes(data, meta.body + 4, meta.end)}
    for box in _boxes(data, meta.body + 4, meta.end):
        if box.name not in _OF_META or box != inner[box.name]:
            _blank(out, box)
    if not {b"iinf", b"iloc", b"iprp"} <= inner.keys():
        raise broken("a picture in boxes without items")
    unseen = _unseen(data, inner[b"iinf"])
    budget = len(data)
    for item, start, end in _extents(data, inner[b"iloc"], unseen.keys(), inner.get(b"idat")):
        budget -= end - start
        if budget < 0:
            raise broken("items that overlap")
        out[start:end] = unseen[item][: end - start].ljust(end - start, b"\0")
        unseen[item] = b""
    return _size(data, out, inner[b"iprp"])


def _unseen(data: bytes, iinf: _Box) -> dict[int, bytes]:
    """Return the items that are no pictures, with what is written in their place: Exif that says nothing, or zeros."""
    version = data[iinf.body]
    unseen = {}
    for box in _boxes(data, iinf.body + (6 if version == 0 else 8), iinf.end):
        if box.name != b"infe" or data[box.body] not in (2, 3):
            raise broken(f"a list of items with {box.name!r}")
        wide = 4 if data[box.body] == 3 else 2
        number = int.from_bytes(data[box.body + 4 : box.body + 4 + wide])
        kind = data[box.body + 6 + wide : box.body + 10 + wide]
        if kind not in _ITEMS:
            unseen[number] = b"\0\0\0\0" + exif_of(UPRIGHT) if kind == b"Exif" else b""
    return unseen


class _Reader:
    """Numbers of some bytes each, one after the other."""

    def __init__(self, data: bytes, box: _Box) -> None:
        self._data, self._at, self._end = data, box.body, box.end

    def take(self, width: int) -> int:
        """Return the next number of ``width`` bytes, 0 for one of none."""
        if self._at + width > self._end:
            raise broken("a table that ends too early")
        number = int.from_bytes(self._data[self._at : self._at + width])
        self._at += width
        return number


def _extents(data: bytes, iloc: _Box, wanted: Collection[int], idat: _Box | None) -> Iterator[tuple[int, int, int]]:
    """Yield (item, start, end) for all parts of the ``wanted`` items."""
    read = _Reader(data, iloc)
    version = read.take(1)
    read.take(3)
    widths, more = read.take(1), read.take(1)
    wide = 4 if version == 2 else 2
    for _ in range(read.take(wide)):
        item = read.take(wide)
        method = read.take(2) & 15 if version else 0
        read.take(2)  # of the data reference
        base = read.take(more >> 4)
        for _ in range(read.take(2)):
            if version:
                read.take(more & 15)
            start, length = base + read.take(widths >> 4), read.take(widths & 15)
            if item in wanted:
                yield item, *_span(data, start, length, method, idat)


def _span(data: bytes, start: int, length: int, method: int, idat: _Box | None) -> tuple[int, int]:
    """Return where a part of an item is in the file."""
    first, end = (0, len(data)) if method == 0 else (0, 0) if idat is None else (idat.body, idat.end)
    start += first
    stop = start + length if length else end
    if method > 1 or not first <= start <= stop <= end:
        raise broken("an item that is elsewhere")
    return start, stop


def _size(data: bytes, out: bytearray, iprp: _Box) -> tuple[int, int]:
    """Return the size of the largest picture; blank properties that nobody sees."""
    size = (0, 0)
    for box in _boxes(data, iprp.body, iprp.end):
        if box.name == b"ipma":
            continue
        if box.name != b"ipco":
            _blank(out, box)
            continue
        for part in _boxes(data, box.body, box.end):
            if part.name not in _OF_PICTURES:
                _blank(out, part)
            elif part.name == b"ispe":
                width, height = (int.from_bytes(data[part.body + at : part.body + at + 4]) for at in (4, 8))
                size = max(size, (width, height), key=lambda known: known[0] * known[1])
    return size
