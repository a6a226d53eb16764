"""Chunks of MP4, MOV and M4A: where in the file the pictures and sounds of a track lie.

Spec: ISO 14496-12 §8.7 (sample tables).
"""

import struct
from collections.abc import Mapping

from msgspec import Struct

from smallfed.filming.boxes import need, numbers
from smallfed.filming.pieces import broken
from smallfed.filming.tracks import Track

MOST_SAMPLES = 4_000_000


class Chunk(Struct, frozen=True, order=True):
    """A piece of the file: ``number`` tells its place in ``track``, which is counted, too."""

    at: int
    size: int
    track: int
    number: int


def find_chunks(track: Track, number: int) -> list[Chunk]:
    """Return where the pictures or sounds of a track lie."""
    offsets, sizes = _offsets(track.table), _sizes(track.table)
    runs = numbers(need(track.table, b"stsc", 8), 12, ">III")
    found, sample = [], 0
    for place, (first, count, _) in enumerate(runs):
        until = runs[place + 1][0] if place + 1 < len(runs) else len(offsets) + 1
        if first < 1 or until < first or until > len(offsets) + 1:
            raise broken("chunks without an order")
        for chunk in range(first, until):
            if sample + count > len(sizes):
                raise broken("chunks with more samples than there are")
            found.append(Chunk(offsets[chunk - 1], sum(sizes[sample : sample + count]), number, chunk - 1))
            sample += count
    if len(found) != len(offsets) or sample != len(sizes):
        raise broken("samples that are in no chunk")
    return found


def _offsets(table: Mapping[bytes, bytes]) -> list[int]:
    if b"co64" in table:
        return [number for (number,) in numbers(need(table, b"co64", 8), 8, ">Q")]
    return [number for (number,) in numbers(need(table, b"stco", 8), 4, ">I")]


def _sizes(table: Mapping[bytes, bytes]) -> list[int]:
    body = need(table, b"stsz", 12)
    same, count = struct.unpack_from(">II", body, 4)
    if count > MOST_SAMPLES:
        raise broken("too many samples")
    if same:
        return [same] * count
    return [number for (number,) in numbers(body[4:], 4, ">I")]
