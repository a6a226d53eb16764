"""Notes in H.264 (SEI): encoders write their settings there, and some cameras where they are.

They cannot be left out without counting everything anew, so each is replaced by one of the same length that is there to
be skipped.

Spec: ITU-T H.264 §7.4.1 (NAL units), §7.3.2.3.1 and D.1.4 (a message of kind 3 is filler); ISO 14496-15 §5.3.
"""

from typing import BinaryIO

from smallfed.filming.pieces import broken, copy, exactly

_NOTE = 6  # the kind of such a unit
_FILLER = 3  # the kind of a message


def blotted(source: BinaryIO, target: BinaryIO, size: int, prefix: int) -> None:
    """Copy ``size`` bytes of units, each with its length in ``prefix`` bytes before it; Invalid if they do not fit."""
    while size:
        if size < prefix:
            raise broken("a unit without a length")
        told = exactly(source, prefix)
        unit = int.from_bytes(told)
        size -= prefix + unit
        if size < 0:
            raise broken("a unit that is longer than its chunk")
        target.write(told)
        if not unit:
            continue
        first = exactly(source, 1)
        if first[0] & 31 == _NOTE:
            exactly(source, unit - 1)
            target.write(filler(unit))
        else:
            target.write(first)
            copy(source, target, unit - 1)


def filler(size: int) -> bytes:
    """Return a unit of ``size`` bytes that says nothing."""
    for before in (b"", bytes([_FILLER, 0])):
        room = size - 3 - len(before)  # the head, the kind, and the bit that ends it
        for length in range(max(0, room - room // 255 - 2), room):
            told = b"\xff" * (length // 255) + bytes([length % 255])
            if len(told) + length == room:
                return bytes([_NOTE]) + before + bytes([_FILLER]) + told + b"\xff" * length + b"\x80"
    return bytes([_NOTE]) + b"\xff" * (size - 1)  # too short for any message
