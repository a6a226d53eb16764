"""MP3 and AAC as they are broadcast: frame after frame. What is not a frame (ID3, APE, lyrics) goes.

Spec: ISO 11172-3 §2.4.2.3, ISO 13818-3 (half the frequencies), ISO 13818-7 §6.2 (ADTS).
"""

from collections.abc import Callable
from typing import BinaryIO

from msgspec import Struct

from smallfed.filming import tags
from smallfed.filming.measures import Measures
from smallfed.filming.pieces import PIECE, broken, length

JUNK = 64 << 10  # bytes without a frame that are passed over, in all
SHORTEST, LONGEST = 7, 8 << 10  # bytes of a frame that tell of it, and of a whole one
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
_SILENT = (b"Xing", b"Info")  # a first frame that tells of the others
_RATES = {
    # kilobits a second of layer III, by the version
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    0: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_FREQUENCIES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_ADTS = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)


class _Frame(Struct, frozen=True):
    size: int
    samples: int
    frequency: int


_Read = Callable[[bytes, int], _Frame | None]


def clean_mp3(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the frames of an MP3; Invalid for what is none."""
    return _clean(source, target, _mp3, "audio/mpeg")


def clean_aac(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the frames of an AAC; Invalid for what is none."""
    return _clean(source, target, _adts, "audio/aac")


def _clean(source: BinaryIO, target: BinaryIO, read: _Read, kind: str) -> Measures:
    whole = length(source)
    at, first, samples, junk, in_step = tags.after(source, whole), None, 0, 0, False
    buffer, base = b"", at
    while at + SHORTEST <= whole and junk <= JUNK:
        if at + 2 * LONGEST > base + len(buffer) < whole:
            source.seek(at)
            buffer, base = source.read(PIECE), at
        place = at - base
        frame = read(buffer, place)
        if frame is not None and (in_step or _goes_on(read, buffer, place + frame.size)) and at + frame.size <= whole:
            heard = buffer[place : place + frame.size]
            target.write(heard)
            samples += 0 if first is None and any(name in heard[:48] for name in _SILENT) else frame.samples
            first, at, in_step = first or frame, at + frame.size, True
        elif first is not None and buffer.startswith(_TAGS, place):
            break
        else:
            at, junk, in_step = at + 1, junk + 1, False
    if first is None:
        raise broken("no frame")
    return Measures(media_type=kind, duration=round(samples / first.frequency, 3))


def _goes_on(read: _Read, buffer: bytes, at: int) -> bool:
    """Whether another frame follows, or the end: what looks like one frame may be anything."""
    return at + SHORTEST > len(buffer) or read(buffer, at) is not None or buffer.startswith(_TAGS, at)


def _mp3(data: bytes, at: int) -> _Frame | None:
    """Return the frame of layer III at a place, or None."""
    if data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return None
    version, rate, frequency = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or rate in (0, 15) or frequency == 3:
        return None
    samples, hertz = 1152 if version == 3 else 576, _FREQUENCIES[version][frequency]
    size = samples // 8 * _RATES[version][rate] * 1000 // hertz + (data[at + 2] >> 1 & 1)
    return _Frame(size, samples, hertz)


def _adts(data: bytes, at: int) -> _Frame | None:
    """Return the frame of AAC at a place, or None."""
    if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0 or data[at + 2] >> 2 & 15 > 12:
        return None
    size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    if size < 8:
        return None
    return _Frame(size, 1024 * ((data[at + 6] & 3) + 1), _ADTS[data[at + 2] >> 2 & 15])
