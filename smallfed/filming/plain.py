"""FLAC and WAV: blocks in a row, of which only those are needed that say how the sound is written, and the sound.

Spec: RFC 9639 §8 (FLAC); https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html.
"""

import struct
from typing import BinaryIO

from smallfed.errors import Invalid
from smallfed.filming import formats, tags
from smallfed.filming.measures import Measures
from smallfed.filming.pieces import broken, copy, exactly, length

_STREAM, _PLACES = 0, 3  # blocks of FLAC: how it is written, and where to seek
_PLAIN = frozenset({1, 3, 0xFFFE})  # numbers and fractions as they are
_APE = 32  # bytes of the end of a tag


def clean_flac(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the sound; Invalid for what is broken."""
    whole = _end(source, length(source))
    source.seek(tags.after(source, whole))
    if exactly(source, 4) != b"fLaC":
        raise broken("no FLAC")
    kept: list[tuple[int, bytes]] = []
    last = False
    while not last:
        head = exactly(source, 4)
        last, kind, size = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:])
        if kind in (_STREAM, _PLACES):
            kept.append((kind, exactly(source, size)))
        else:
            source.seek(size, 1)
    if not kept or kept[0][0] != _STREAM or len(kept[0][1]) != 34 or source.tell() > whole:
        raise broken("FLAC without a head")
    target.write(b"fLaC")
    for number, (kind, body) in enumerate(kept, 1):
        target.write(bytes([kind | 0x80 * (number == len(kept))]) + len(body).to_bytes(3) + body)
    copy(source, target, whole - source.tell())
    told = int.from_bytes(kept[0][1][10:18])
    frequency, samples = told >> 44, told & (1 << 36) - 1
    seconds = samples / frequency if frequency else 0
    return Measures(media_type="audio/flac", duration=round(seconds, 3) if 0 < seconds < 1e6 else None)


def _end(source: BinaryIO, whole: int) -> int:
    """Return where tags of other formats begin that programs have hung on the end."""
    if whole > 128:
        source.seek(whole - 128)
        whole -= 128 * (source.read(3) == b"TAG")
    if whole > _APE:
        source.seek(whole - _APE)
        tail = source.read(_APE)
        if tail.startswith(b"APETAGEX"):
            whole -= min(whole, int.from_bytes(tail[12:16], "little") + _APE * bool(tail[23] & 0x80))
    source.seek(0)
    return whole


def clean_wav(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the sound; Invalid for what is broken, or encoded in one of the odd ways."""
    whole = length(source)
    form, at = b"", 12
    while at + 8 <= whole:
        source.seek(at)
        name, size = struct.unpack("<4sI", exactly(source, 8))
        if name == b"fmt " and not form and 16 <= size <= 64:
            form = exactly(source, size)
        if name == b"data":
            return _sound(form, source, target, min(size or whole, whole - at - 8))
        at += 8 + size + size % 2
    raise broken("WAV without a sound")


def _sound(form: bytes, source: BinaryIO, target: BinaryIO, size: int) -> Measures:
    if not form:
        raise broken("WAV without a form")
    kind, _, _, per_second = struct.unpack_from("<HHII", form)
    if kind not in _PLAIN or not per_second:
        raise Invalid(formats.needs_ffmpeg("such WAV files"), detail=f"form {kind}")
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + bytes(len(form) % 2) + struct.pack("<4sI", b"data", size)
    target.write(b"RIFF" + struct.pack("<I", len(head) + size + size % 2) + head)
    copy(source, target, size)
    target.write(bytes(size % 2))
    return Measures(media_type="audio/wav", duration=round(size / per_second, 3))
