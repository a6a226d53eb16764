"""MP4, MOV and M4A: what is seen and heard is put together anew, and nothing else comes along.

A film is a tree of boxes that says where in the file its pictures and sounds lie, in chunks. The tree is written anew
from the boxes that are needed to play; names, dates, places (``udta``, ``meta``, ``©xyz``), chapters, and tracks that
are neither film nor sound (cameras keep where they are in some) are left out, and so are bytes that no chunk names.
Notes between the pictures (SEI), in which some cameras write where they are, are blotted out. The tree comes first
afterwards, so that a film plays before all of it has come.

Spec: ISO 14496-12 (boxes), 14496-14 (mp4a), 14496-15 §5 (avc1); ITU-T H.264 §7.3.2.3 and D.1.4 (SEI).
"""

import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import BinaryIO

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.filming import formats
from smallfed.filming.measures import Measures, rate
from smallfed.filming.notes import blotted
from smallfed.filming.pieces import broken, copy, exactly, length
from smallfed.filming.planning import MATRIX

TREE = 32 << 20  # bytes of the tree at most
MOST_BOXES = 10_000  # beside each other
MOST_SAMPLES = 4_000_000

_SAMPLES = (b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stss", b"stps", b"sdtp")
_CODECS = {
    b"hvc1": "HEVC",
    b"hev1": "HEVC",
    b"dvh1": "Dolby Vision",
    b"av01": "AV1",
    b"vp09": "VP9",
    b"ap4h": "ProRes",
    b"apcn": "ProRes",
    b"mp4v": "MPEG-4 Visual",
    b"s263": "H.263",
    b"jpeg": "Motion JPEG",
    b"alac": "Apple Lossless",
    b"samr": "AMR",
    b"ac-3": "Dolby Digital",
    b"ec-3": "Dolby Digital",
    b"Opus": "Opus in MP4",
}
_PROFILES = frozenset({66, 77, 88, 100})  # of H.264, with 8 bits and colours at half the width and height
_AAC_AND_MP3 = frozenset({0x40, 0x66, 0x67, 0x68, 0x69, 0x6B})  # object types of ISO 14496-1
_FILM = b"isom\0\0\2\0isomiso2avc1mp41"
_SOUND = b"M4A \0\0\2\0M4A mp42isom"
_SHOWN = frozenset({b"vide", b"soun"})  # kinds of tracks


class _Chunk(Struct, frozen=True, order=True):
    at: int
    size: int
    track: int
    number: int


class _Track(Struct, frozen=True, kw_only=True):
    """``entry`` is its description, as it is written."""

    kind: bytes
    boxes: Mapping[bytes, bytes]
    media: Mapping[bytes, bytes]
    info: Mapping[bytes, bytes]
    table: Mapping[bytes, bytes]
    entry: bytes
    prefix: int  # bytes that say how long a piece of H.264 is; 0 for sound
    size: tuple[int, int]


def clean(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write what is seen and heard; Invalid for what is broken or would have to be written anew for apps to play it."""
    whole = length(source)
    tree = _tree(source, whole)
    movie = _children(tree)
    if b"mvex" in movie:
        raise Invalid(formats.needs_ffmpeg("films in fragments"))
    tracks = [track for body in _several(tree, b"trak") if (track := _track(body)) is not None]
    films = [track for track in tracks if track.kind == b"vide"][:1]
    chosen = films + [track for track in tracks if track.kind == b"soun"][:1]
    if not chosen:
        raise Invalid("There is neither a film nor a sound in this file.")
    _write(source, target, whole, movie, chosen)
    return _measures(movie, films[0] if films else None)


# Reading the tree -----------------------------------------------------------------------------------------------------
def _tree(source: BinaryIO, whole: int) -> bytes:
    at, found = 0, b""
    for _ in range(MOST_BOXES):
        if at + 8 > whole:
            break
        source.seek(at)
        size, name = struct.unpack(">I4s", exactly(source, 8))
        head = 8
        if size == 1:
            size, head = int.from_bytes(exactly(source, 8)), 16
        size = whole - at if size == 0 else size
        if size < head or at + size > whole:
            raise broken(f"a box {name!r} of {size} bytes at {at} of {whole}")
        if name == b"moof":
            raise Invalid(formats.needs_ffmpeg("films in fragments"))
        if name == b"moov" and not found:
            if size > TREE:
                raise broken("a tree of more than 32 MB")
            found = exactly(source, size - head)
        at += size
    if not found:
        raise broken("no moov")
    return found


def _boxes(data: bytes, at: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, content) of the boxes beside each other from ``at`` on."""
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if name == b"\0\0\0\0" or size == 0:
            return  # QuickTime ends lists so
        if size < 8 or at + size > len(data):
            raise broken(f"a box {name!r} of {size} bytes")
        yield name, data[at + 8 : at + size]
        at += size


def _children(data: bytes, at: int = 0) -> dict[bytes, bytes]:
    """Return the first of each box."""
    found: dict[bytes, bytes] = {}
    for name, content in _boxes(data, at):
        found.setdefault(name, content)
    return found


def _several(data: bytes, wanted: bytes) -> list[bytes]:
    return [content for name, content in _boxes(data) if name == wanted]


def _need(found: Mapping[bytes, bytes], name: bytes, least: int = 0) -> bytes:
    if name not in found or len(found[name]) < least:
        raise broken(f"no whole {name!r}")
    return found[name]


def _track(body: bytes) -> _Track | None:
    """Return a track of film or sound, None for anything else; Invalid for what apps would not play."""
    boxes = _children(body)
    media = _children(_need(boxes, b"mdia"))
    kind = _need(media, b"hdlr", 12)[8:12]
    if kind not in _SHOWN:
        return None
    info = _children(_need(media, b"minf"))
    table = _children(_need(info, b"stbl"))
    described = _children(_need(table, b"stsd", 8), 8)
    name, entry = next(iter(described.items()), (b"", b""))
    if len(described) != 1 or int.from_bytes(table[b"stsd"][4:8]) != 1:
        raise Invalid(formats.needs_ffmpeg("films that change their form in the middle"))
    _need(boxes, b"tkhd", 84)
    _need(media, b"mdhd", 24)
    if kind == b"vide":
        written, prefix, size = _film(name, entry)
    else:
        written, prefix, size = _sound(name, entry), 0, (0, 0)
    return _Track(kind=kind, boxes=boxes, media=media, info=info, table=table, entry=written, prefix=prefix, size=size)


def _refused(name: bytes) -> Invalid:
    told = _CODECS.get(name, "this codec")
    return Invalid(formats.needs_ffmpeg(f"films and sounds in {told}"), detail=repr(name))


def _film(name: bytes, entry: bytes) -> tuple[bytes, int, tuple[int, int]]:
    """Return the description of a film, how its pieces are counted, and its size."""
    if name not in (b"avc1", b"avc3"):
        raise _refused(name)
    if len(entry) < 78:
        raise broken("a short description")
    inside = _children(entry, 78)
    setting = _need(inside, b"avcC", 7)
    if setting[1] not in _PROFILES:
        raise Invalid(formats.needs_ffmpeg("films with so many colours"), detail=f"profile {setting[1]}")
    width, height = struct.unpack_from(">HH", entry, 24)
    if not width or not height or width * height > MATRIX:
        raise Invalid(f"This film is too large: {width} × {height} pixels; 3840 × 2160 are allowed.")
    nameless = entry[:42] + bytes(32) + entry[74:78]
    kept = b"".join(_box(one, inside[one]) for one in (b"avcC", b"colr", b"pasp") if one in inside)
    return _box(name, nameless + kept), setting[4] % 4 + 1, (width, height)


def _sound(name: bytes, entry: bytes) -> bytes:
    """Return the description of a sound in its plain form: QuickTime has others."""
    if name != b"mp4a":
        raise _refused(name)
    if len(entry) < 28:
        raise broken("a short description")
    version = int.from_bytes(entry[8:10])
    if version > 1:
        raise Invalid(formats.needs_ffmpeg("sounds with so many channels"))
    inside = _children(entry, 28 + 16 * version)
    setting = inside.get(b"esds") or _children(inside.get(b"wave", b"")).get(b"esds", b"")
    if _object_type(setting) not in _AAC_AND_MP3:
        raise _refused(name)
    return _box(
        b"mp4a", entry[:8] + bytes(8) + entry[16:18] + b"\0\x10" + bytes(4) + entry[24:28] + _box(b"esds", setting)
    )


def _object_type(setting: bytes) -> int:
    """Return what a sound is by the descriptors in ``esds`` (ISO 14496-1, 7.2.6.5)."""
    at = _within(setting, 4, 0x03)
    if at is None or at + 3 > len(setting):
        return -1
    flags = setting[at + 2]
    at += 3 + 2 * bool(flags & 0x80) + 2 * bool(flags & 0x20)
    if flags & 0x40:
        return -1
    inner = _within(setting, at, 0x04)
    return setting[inner] if inner is not None and inner < len(setting) else -1


def _within(data: bytes, at: int, tag: int) -> int | None:
    """Return where the content of the descriptor at ``at`` begins, None when it is another one."""
    if at >= len(data) or data[at] != tag:
        return None
    for place in range(at + 1, min(at + 5, len(data))):
        if not data[place] & 0x80:
            return place + 1
    return None


# Chunks ---------------------------------------------------------------------------------------------------------------
def _chunks(track: _Track, number: int) -> list[_Chunk]:
    """Return where the pictures or sounds of a track lie."""
    offsets, sizes = _offsets(track.table), _sizes(track.table)
    runs = _numbers(_need(track.table, b"stsc", 8), 12, ">III")
    found, sample = [], 0
    for place, (first, count, _) in enumerate(runs):
        until = runs[place + 1][0] if place + 1 < len(runs) else len(offsets) + 1
        if first < 1 or until < first or until > len(offsets) + 1:
            raise broken("chunks without an order")
        for chunk in range(first, until):
            if sample + count > len(sizes):
                raise broken("chunks with more samples than there are")
            found.append(_Chunk(offsets[chunk - 1], sum(sizes[sample : sample + count]), number, chunk - 1))
            sample += count
    if len(found) != len(offsets) or sample != len(sizes):
        raise broken("samples that are in no chunk")
    return found


def _offsets(table: Mapping[bytes, bytes]) -> list[int]:
    if b"co64" in table:
        return [number for (number,) in _numbers(_need(table, b"co64", 8), 8, ">Q")]
    return [number for (number,) in _numbers(_need(table, b"stco", 8), 4, ">I")]


def _sizes(table: Mapping[bytes, bytes]) -> list[int]:
    body = _need(table, b"stsz", 12)
    same, count = struct.unpack_from(">II", body, 4)
    if count > MOST_SAMPLES:
        raise broken("too many samples")
    if same:
        return [same] * count
    return [number for (number,) in _numbers(body[4:], 4, ">I")]


def _numbers(body: bytes, width: int, form: str) -> list[tuple[int, ...]]:
    """Return the entries of a table: a version, how many there are, and they themselves."""
    count = int.from_bytes(body[4:8])
    if count * width > len(body) - 8:
        raise broken("a table that ends too early")
    return list(struct.iter_unpack(form, body[8 : 8 + count * width]))


# Writing --------------------------------------------------------------------------------------------------------------
def _write(source: BinaryIO, target: BinaryIO, whole: int, movie: Mapping[bytes, bytes], tracks: list[_Track]) -> None:
    chunks = sorted(chunk for number, track in enumerate(tracks) for chunk in _chunks(track, number))
    total = sum(chunk.size for chunk in chunks)
    if total > whole or any(chunk.at + chunk.size > whole for chunk in chunks):
        raise broken("pictures or sounds beyond the end")
    head = _box(b"ftyp", _FILM if tracks[0].kind == b"vide" else _SOUND)
    places = [[0] * sum(chunk.track == number for chunk in chunks) for number in range(len(tracks))]
    at = len(head) + len(_movie(movie, tracks, places)) + 8
    for chunk in chunks:
        places[chunk.track][chunk.number] = at
        at += chunk.size
    target.write(head + _movie(movie, tracks, places) + struct.pack(">I4s", total + 8, b"mdat"))
    for chunk in chunks:
        source.seek(chunk.at)
        prefix = tracks[chunk.track].prefix
        if prefix:
            blotted(source, target, chunk.size, prefix)
        else:
            copy(source, target, chunk.size)


def _movie(movie: Mapping[bytes, bytes], tracks: list[_Track], places: list[list[int]]) -> bytes:
    written = (_box(b"trak", _written(track, place)) for track, place in zip(tracks, places, strict=True))
    return _box(b"moov", _box(b"mvhd", _undated(_need(movie, b"mvhd", 96))) + b"".join(written))


def _written(track: _Track, places: list[int]) -> bytes:
    edits = _children(track.boxes.get(b"edts", b""))
    listed = _box(b"edts", _box(b"elst", edits[b"elst"])) if b"elst" in edits else b""
    table = _box(b"stsd", bytes(4) + struct.pack(">I", 1) + track.entry)
    table += b"".join(_box(name, track.table[name]) for name in _SAMPLES if name in track.table)
    table += _box(b"stco", bytes(4) + struct.pack(f">I{len(places)}I", len(places), *places))
    head = _box(b"vmhd", b"\0\0\0\1" + bytes(8)) if track.kind == b"vide" else _box(b"smhd", bytes(8))
    here = _box(b"dinf", _box(b"dref", bytes(4) + struct.pack(">I", 1) + _box(b"url ", b"\0\0\0\1")))
    media = _box(b"mdhd", _undated(track.media[b"mdhd"])) + _box(b"hdlr", bytes(8) + track.kind + bytes(13))
    media += _box(b"minf", head + here + _box(b"stbl", table))
    return _box(b"tkhd", _undated(track.boxes[b"tkhd"])) + listed + _box(b"mdia", media)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def _undated(body: bytes) -> bytes:
    """Return a head without when it was made and changed."""
    dates = 16 if body[0] == 1 else 8
    return body[:4] + bytes(dates) + body[4 + dates :]


# Measuring ------------------------------------------------------------------------------------------------------------
def _measures(movie: Mapping[bytes, bytes], film: _Track | None) -> Measures:
    duration = _duration(_need(movie, b"mvhd", 96))
    seconds = None if duration is None else round(float(duration), 3)
    if film is None:
        return Measures(media_type="audio/mp4", duration=seconds)
    width, height = _seen(film)
    spans = _numbers(_need(film.table, b"stts", 8), 8, ">II")
    own = _duration(film.media[b"mdhd"])
    return Measures(
        media_type="video/mp4",
        width=width,
        height=height,
        duration=seconds,
        frame_rate=None if own is None else rate(sum(count for count, _ in spans), own),
    )


def _duration(body: bytes) -> Fraction | None:
    """Return seconds by the head of a film or of a track."""
    form, at = (">IQ", 20) if body[0] == 1 else (">II", 12)
    scale, units = struct.unpack_from(form, body, at)
    known = scale and units and units != (1 << (64 if body[0] == 1 else 32)) - 1
    return Fraction(units, scale) if known else None


def _seen(film: _Track) -> tuple[int, int]:
    """Return the size of a film as it is seen: with square pixels, and turned as its matrix says."""
    head = film.boxes[b"tkhd"]
    at = 52 if head[0] == 1 else 40
    if len(head) < at + 44:
        return film.size
    (right,), (down,) = struct.unpack_from(">i", head, at), struct.unpack_from(">i", head, at + 16)
    width, height = (number >> 16 for number in struct.unpack_from(">II", head, at + 36))
    across, high = (width, height) if 0 < width <= 16_384 and 0 < height <= 16_384 else film.size
    return (high, across) if right == down == 0 else (across, high)
