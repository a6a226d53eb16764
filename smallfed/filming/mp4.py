"""MP4, MOV and M4A: what is seen and heard is put together anew, and nothing else comes along.

A film is a tree of boxes that says where in the file its pictures and sounds lie, in chunks. The tree is written anew
from the boxes that are needed to play; names, dates, places (``udta``, ``meta``, ``©xyz``), chapters, and tracks that
are neither film nor sound (cameras keep where they are in some) are left out, and so are bytes that no chunk names.
Notes between the pictures (SEI), in which some cameras write where they are, are blotted out. The tree comes first
afterwards, so that a film plays before all of it has come.

Spec: ISO 14496-12 (boxes); ITU-T H.264 §7.3.2.3 and D.1.4 (SEI).
"""

import struct
from collections.abc import Mapping
from fractions import Fraction
from typing import BinaryIO

from smallfed.errors import Invalid
from smallfed.filming import formats
from smallfed.filming.boxes import box, children, need, numbers, read_tree, several
from smallfed.filming.chunks import find_chunks
from smallfed.filming.measures import Measures, rate
from smallfed.filming.notes import blotted
from smallfed.filming.pieces import broken, copy, length
from smallfed.filming.tracks import Track, read_track

_SAMPLES = (b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stss", b"stps", b"sdtp")
_FILM = b"isom\0\0\2\0isomiso2avc1mp41"
_SOUND = b"M4A \0\0\2\0M4A mp42isom"


def clean(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write what is seen and heard; Invalid for what is broken or would have to be written anew for apps to play it."""
    whole = length(source)
    tree = read_tree(source, whole)
    movie = children(tree)
    if b"mvex" in movie:
        raise Invalid(formats.needs_ffmpeg("films in fragments"))
    tracks = [track for body in several(tree, b"trak") if (track := read_track(body)) is not None]
    films = [track for track in tracks if track.kind == b"vide"][:1]
    chosen = films + [track for track in tracks if track.kind == b"soun"][:1]
    if not chosen:
        raise Invalid("There is neither a film nor a sound in this file.")
    _write(source, target, whole, movie, chosen)
    return _measures(movie, films[0] if films else None)


# Writing --------------------------------------------------------------------------------------------------------------
def _write(source: BinaryIO, target: BinaryIO, whole: int, movie: Mapping[bytes, bytes], tracks: list[Track]) -> None:
    chunks = sorted(chunk for number, track in enumerate(tracks) for chunk in find_chunks(track, number))
    total = sum(chunk.size for chunk in chunks)
    if total > whole or any(chunk.at + chunk.size > whole for chunk in chunks):
        raise broken("pictures or sounds beyond the end")
    head = box(b"ftyp", _FILM if tracks[0].kind == b"vide" else _SOUND)
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


def _movie(movie: Mapping[bytes, bytes], tracks: list[Track], places: list[list[int]]) -> bytes:
    written = (box(b"trak", _written(track, place)) for track, place in zip(tracks, places, strict=True))
    return box(b"moov", box(b"mvhd", undated(need(movie, b"mvhd", 96))) + b"".join(written))


def _written(track: Track, places: list[int]) -> bytes:
    edits = children(track.boxes.get(b"edts", b""))
    listed = box(b"edts", box(b"elst", edits[b"elst"])) if b"elst" in edits else b""
    table = box(b"stsd", bytes(4) + struct.pack(">I", 1) + track.entry)
    table += b"".join(box(name, track.table[name]) for name in _SAMPLES if name in track.table)
    table += box(b"stco", bytes(4) + struct.pack(f">I{len(places)}I", len(places), *places))
    head = box(b"vmhd", b"\0\0\0\1" + bytes(8)) if track.kind == b"vide" else box(b"smhd", bytes(8))
    here = box(b"dinf", box(b"dref", bytes(4) + struct.pack(">I", 1) + box(b"url ", b"\0\0\0\1")))
    media = box(b"mdhd", undated(track.media[b"mdhd"])) + box(b"hdlr", bytes(8) + track.kind + bytes(13))
    media += box(b"minf", head + here + box(b"stbl", table))
    return box(b"tkhd", undated(track.boxes[b"tkhd"])) + listed + box(b"mdia", media)


def undated(body: bytes) -> bytes:
    """Return a head without when it was made and changed."""
    dates = 16 if body[0] == 1 else 8
    return body[:4] + bytes(dates) + body[4 + dates :]


# Measuring ------------------------------------------------------------------------------------------------------------
def _measures(movie: Mapping[bytes, bytes], film: Track | None) -> Measures:
    duration = _duration(need(movie, b"mvhd", 96))
    seconds = None if duration is None else round(float(duration), 3)
    if film is None:
        return Measures(media_type="audio/mp4", duration=seconds)
    width, height = _seen(film)
    spans = numbers(need(film.table, b"stts", 8), 8, ">II")
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


def _seen(film: Track) -> tuple[int, int]:
    """Return the size of a film as it is seen: with square pixels, and turned as its matrix says."""
    head = film.boxes[b"tkhd"]
    at = 52 if head[0] == 1 else 40
    if len(head) < at + 44:
        return film.size
    (right,), (down,) = struct.unpack_from(">i", head, at), struct.unpack_from(">i", head, at + 16)
    width, height = (number >> 16 for number in struct.unpack_from(">II", head, at + 36))
    across, high = (width, height) if 0 < width <= 16_384 and 0 < height <= 16_384 else film.size
    return (high, across) if right == down == 0 else (across, high)
