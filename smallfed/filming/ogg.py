"""Ogg with Vorbis or Opus: the packet of comments is emptied, and the pages are counted and summed up anew.

Spec: RFC 3533 (Ogg), RFC 7845 (Opus), https://xiph.org/vorbis/doc/Vorbis_I_spec.html §4.2.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.filming import formats, vorbis
from smallfed.filming.measures import Measures
from smallfed.filming.pieces import broken, exactly, length

HEADERS = 16 << 20  # bytes of what comes before the sound: covers are in there
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_NOWHERE = (1 << 64) - 1


class _Page(Struct, frozen=True):
    flags: int
    until: int  # the sound that is whole by its end, in samples
    serial: int
    lacing: bytes
    body: bytes


def clean(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the sound; Invalid for what is broken or more than one sound."""
    pages = _pages(source, length(source))
    first = next(pages, None)
    if first is None:
        raise broken("no page")
    opus = first.body.startswith(b"OpusHead")
    if not opus and not first.body.startswith(b"\x01vorbis"):
        raise Invalid(formats.needs_ffmpeg("such sounds in Ogg"))
    frequency, skipped = _told(first.body, opus)
    packets, until, number = _headers(pages, first.serial, 1 if opus else 2), 0, 1
    target.write(_written(first, 0))
    for page in _paged([vorbis.silent(packets[0]), *packets[1:]], first.serial):
        target.write(_written(page, number))
        number += 1
    for page in pages:
        if page.serial != first.serial or page.flags & _FIRST:
            raise Invalid(formats.needs_ffmpeg("several sounds in one file"))
        target.write(_written(page, number))
        number, until = number + 1, until if page.until == _NOWHERE else page.until
        if page.flags & _LAST:
            break
    seconds = (until - skipped) / frequency
    return Measures(media_type="audio/ogg", duration=round(seconds, 3) if 0 < seconds < 1e6 else None)


def _told(body: bytes, opus: bool) -> tuple[int, int]:
    """Return how many samples a second has, and how many are left out at the beginning."""
    if len(body) < 19:
        raise broken("a short head")
    if opus:
        return 48_000, int.from_bytes(body[10:12], "little")
    return int.from_bytes(body[12:16], "little") or 1, 0


def _pages(source: BinaryIO, whole: int) -> Iterator[_Page]:
    """Yield the pages until something else begins."""
    while whole - source.tell() >= 27:
        head = exactly(source, 27)
        capture, version, flags, until, serial, _, _, count = struct.unpack("<4sBBQIIIB", head)
        if capture != b"OggS" or version:
            return
        lacing = exactly(source, count)
        yield _Page(flags, until, serial, lacing, exactly(source, sum(lacing)))


def _headers(pages: Iterator[_Page], serial: int, wanted: int) -> list[bytes]:
    """Return the packets before the sound, which end with a page."""
    packets, current, room = [], bytearray(), HEADERS
    for page in pages:
        if page.serial != serial or page.flags & _FIRST:
            raise Invalid(formats.needs_ffmpeg("several sounds in one file"))
        room -= len(page.body)
        if room < 0:
            raise broken("headers of more than 16 MB")
        at = 0
        for size in page.lacing:
            current += page.body[at : at + size]
            at += size
            if size < 255:
                packets.append(bytes(current))
                current.clear()
        if len(packets) >= wanted:
            break
    if len(packets) != wanted or current:
        raise broken("headers that do not end with a page")
    return packets


def _paged(packets: list[bytes], serial: int) -> Iterator[_Page]:
    """Yield pages with these packets and nothing else."""
    lacing, body = bytearray(), bytearray().join(packets)
    for packet in packets:
        lacing += b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    at, continued = 0, False
    for begin in range(0, len(lacing), 255):
        part = bytes(lacing[begin : begin + 255])
        size = sum(part)
        until = 0 if any(each < 255 for each in part) else _NOWHERE
        yield _Page(_CONTINUED if continued else 0, until, serial, part, bytes(body[at : at + size]))
        at, continued = at + size, part[-1] == 255


def _written(page: _Page, number: int) -> bytes:
    """Return the bytes of a page with its sum."""
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, page.flags, page.until, page.serial, number, 0, len(page.lacing))
    data = head + page.lacing + page.body
    return data[:22] + checksum(data).to_bytes(4, "little") + data[26:]


def checksum(data: bytes) -> int:
    """Return the sum of RFC 3533 §6: that of zlib, read from the other end of each byte, and begun with nothing."""
    mirrored = zlib.crc32(data.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4).translate(_MIRRORED)[::-1])
