"""Tags in ID3 before a sound, which hide what it is.

Spec: https://id3.org/id3v2.4.0-structure §3.1.
"""

from typing import BinaryIO

from smallfed.imaging.sniffing import HEAD, sniff

_HEAD = 10  # bytes, and as many at the end where there is one


def after(source: BinaryIO, whole: int) -> int:
    """Return where the tags at the beginning of ``whole`` bytes end; beyond the end where they say so."""
    at = 0
    while at + _HEAD <= whole:
        source.seek(at)
        head = source.read(_HEAD)
        if head[:3] != b"ID3":
            break
        size = 0
        for byte in head[6:]:
            size = size << 7 | byte & 127
        at += _HEAD + size + _HEAD * bool(head[5] & 0x10)
    return at


def beneath(source: BinaryIO, whole: int) -> str:
    """Return the media type of a sound that begins with tags: MP3, unless it is plainly something else."""
    source.seek(after(source, whole))
    found = sniff(source.read(HEAD))
    return found if found in ("audio/aac", "audio/flac") else "audio/mpeg"
