"""Tracks of MP4, MOV and M4A: what is film and what is sound, and how it is described so that apps can play it.

Spec: ISO 14496-12 §8.3 to §8.5, 14496-14 (mp4a), 14496-15 §5 (avc1); ISO 14496-1 §7.2.6 (descriptors of sounds).
"""

import struct
from collections.abc import Mapping

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.filming import formats
from smallfed.filming.boxes import box, children, need
from smallfed.filming.pieces import broken
from smallfed.filming.planning import MATRIX

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
_SHOWN = frozenset({b"vide", b"soun"})  # kinds of tracks


class Track(Struct, frozen=True, kw_only=True):
    """A film or a sound. ``entry`` is its description, as it is written."""

    kind: bytes
    boxes: Mapping[bytes, bytes]
    media: Mapping[bytes, bytes]
    info: Mapping[bytes, bytes]
    table: Mapping[bytes, bytes]
    entry: bytes
    prefix: int  # bytes that say how long a piece of H.264 is; 0 for sound
    size: tuple[int, int]


def read_track(body: bytes) -> Track | None:
    """Return a track of film or sound, None for anything else; Invalid for what apps would not play."""
    boxes = children(body)
    media = children(need(boxes, b"mdia"))
    kind = need(media, b"hdlr", 12)[8:12]
    if kind not in _SHOWN:
        return None
    info = children(need(media, b"minf"))
    table = children(need(info, b"stbl"))
    described = children(need(table, b"stsd", 8), 8)
    name, entry = next(iter(described.items()), (b"", b""))
    if len(described) != 1 or int.from_bytes(table[b"stsd"][4:8]) != 1:
        raise Invalid(formats.needs_ffmpeg("films that change their form in the middle"))
    need(boxes, b"tkhd", 84)
    need(media, b"mdhd", 24)
    if kind == b"vide":
        written, prefix, size = _film(name, entry)
    else:
        written, prefix, size = _sound(name, entry), 0, (0, 0)
    return Track(kind=kind, boxes=boxes, media=media, info=info, table=table, entry=written, prefix=prefix, size=size)


def _refused(name: bytes) -> Invalid:
    told = _CODECS.get(name, "this codec")
    return Invalid(formats.needs_ffmpeg(f"films and sounds in {told}"), detail=repr(name))


def _film(name: bytes, entry: bytes) -> tuple[bytes, int, tuple[int, int]]:
    """Return the description of a film, how its pieces are counted, and its size."""
    if name not in (b"avc1", b"avc3"):
        raise _refused(name)
    if len(entry) < 78:
        raise broken("a short description")
    inside = children(entry, 78)
    setting = need(inside, b"avcC", 7)
    if setting[1] not in _PROFILES:
        raise Invalid(formats.needs_ffmpeg("films with so many colours"), detail=f"profile {setting[1]}")
    width, height = struct.unpack_from(">HH", entry, 24)
    if not width or not height or width * height > MATRIX:
        raise Invalid(f"This film is too large: {width} × {height} pixels; 3840 × 2160 are allowed.")
    nameless = entry[:42] + bytes(32) + entry[74:78]
    kept = b"".join(box(one, inside[one]) for one in (b"avcC", b"colr", b"pasp") if one in inside)
    return box(name, nameless + kept), setting[4] % 4 + 1, (width, height)


def _sound(name: bytes, entry: bytes) -> bytes:
    """Return the description of a sound in its plain form: QuickTime has others."""
    if name != b"mp4a":
        raise _refused(name)
    if len(entry) < 28:
        raise broken("a short description")
    version = int.from_bytes(entry[8:10])
    if version > 1:
        raise Invalid(formats.needs_ffmpeg("sounds with so many channels"))
    inside = children(entry, 28 + 16 * version)
    setting = inside.get(b"esds") or children(inside.get(b"wave", b"")).get(b"esds", b"")
    if _object_type(setting) not in _AAC_AND_MP3:
        raise _refused(name)
    return box(
        b"mp4a", entry[:8] + bytes(8) + entry[16:18] + b"\0\x10" + bytes(4) + entry[24:28] + box(b"esds", setting)
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
