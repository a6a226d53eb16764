"""What is left of a picture, and what its container says about it."""

import struct

from msgspec import Struct

from smallfed.errors import Invalid

ORIENTATION = 0x0112
UPRIGHT = 1


class Stripped(Struct, frozen=True, kw_only=True):
    """A picture without metadata. Its size is that of the pixels, before it is turned. ``moves``: it may be a film."""

    data: bytes
    width: int
    height: int
    moves: bool = False


def broken(what: str) -> Invalid:
    """Return the error for a picture that is not well-formed."""
    return Invalid("This picture is broken and cannot be read.", detail=what)


def orientation(exif: bytes) -> int:
    """Return how a picture is to be turned (1 to 8) by what Exif says; upright when that cannot be read."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", exif, 4)
    if at + 2 > len(exif):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, entry)
        if tag == ORIENTATION and kind == 3:
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def exif_of(turned: int) -> bytes:
    """Return Exif that says how a picture is to be turned, and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, turned, 0, 0)
