"""The comments of Vorbis and Opus: who sings what, where, and on what cover. They go.

Spec: https://xiph.org/vorbis/doc/v-comment.html; RFC 7845 §5.2 (Opus); RFC 9559 §6.2 (lacing, in WebM).
"""

from smallfed.filming.pieces import broken

VORBIS, OPUS = b"\x03vorbis", b"OpusTags"
_NOBODY = bytes(8)  # a name of no letters, and no comments


def silent(packet: bytes) -> bytes:
    """Return the packet of comments without any; Invalid for what is none."""
    if packet.startswith(VORBIS):
        return VORBIS + _NOBODY + b"\1"
    if packet.startswith(OPUS):
        return OPUS + _NOBODY
    raise broken("no comments where they must be")


def silenced_setting(setting: bytes) -> bytes:
    """Return the three packets that WebM begins Vorbis with, with comments of as many bytes that say nothing."""
    if not setting.startswith(b"\x02"):
        raise broken("a setting of Vorbis without three packets")
    sizes, at = [], 1
    for _ in range(2):
        size = 0
        while at < len(setting) and setting[at] == 255:
            size, at = size + 255, at + 1
        if at >= len(setting):
            raise broken("a setting of Vorbis that ends too early")
        sizes.append(size + setting[at])
        at += 1
    first, second = at + sizes[0], at + sizes[0] + sizes[1]
    room = sizes[1] - len(VORBIS) - 9
    if second > len(setting) or room < 0 or not setting.startswith(VORBIS, first):
        raise broken("no comments where they must be")
    said = VORBIS + room.to_bytes(4, "little") + b" " * room + bytes(4) + b"\1"
    return setting[:first] + said + setting[second:]
