"""MP3 and AAC as they are broadcast: frame after frame. What is not a frame (ID3, APE, lyrics) goes.

Spec: ISO 11172-3 §2.4.2.3, ISO 13818-3 (half the frequencies), ISO 13818-7 §6.2 (ADTS); https://id3.org/id3v2.4.0-structure.
"""

from collections.abc import Callable
from typing import BinaryIO

from msgspec import Struct

from smallfed.filming.measures import Measures
from smallfed.filming.pieces import PIECE, broken, length

JUNK = 64 << 10  # bytes without a frame that are passed over, in all
LONGEST = 8 << 10  # bytes of a frame
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


def clean_mp3(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the frames of an MP3; Invalid for what is none."""
    return _clean(source, target, _mp3, "audio/mpeg")


def clean_aac(source: BinaryIO, target: BinaryIO) -> Measures:
    """Write the frames of an AAC; Invalid for what is none."""
    return _clean(source, target, _adts, "audio/aac")


def _clean(source: BinaryIO, target: BinaryIO, read: Callable[[bytes, int], _Frame | None], kind: str) -> Measures:
    whole = length(source)
    at, first, samples, junk = _after_tags(source, whole), None, 0, 0
    buffer, base = b"", at
    while at + 7 <= whole:
        if at + LONGEST > base + len(buffer) < whole:
            source.seek(at)
            buffer, base = source.read(PIECE), at
        frame = read(buffer, at - base)
        if frame is not None and at + frame.size <= whole and (first is None or frame.frequency == first.frequency):
            heard = buffer[at - base : at - base + frame.size]
            target.write(heard)
            samples += 0 if first is None and any(name in heard[:48] for name in _SILENT) else frame.samples
            first, at = first or frame, at + frame.size
            continue
        if first is not None and buffer.startswith(_TAGS, at - base):
            break
        at, junk = at + 1, junk + 1
        if junk > JUNK:
            break
    if first is None:
        raise broken("no frame")
    return Measures(media_type=kind, duration=round(samples / first.frequency, 3))


def _after_tags(source: BinaryIO, whole: int) -> int:
    """Return where the tags at the beginning end."""
    at = 0
    while at + 10 <= whole:
        source.seek(at)
        head = source.read(10)
        if head[:3] != b"ID3":
            break
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 127
        at += 10 + size + 10 * bool(head[5] & 0x10)
    return at


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
