"""Reading and writing files piece by piece."""

import os
from typing import BinaryIO

from smallfed.errors import Invalid

PIECE = 256 << 10


def broken(what: str) -> Invalid:
    """Return what is raised for a file that is not as it should be; ``what`` is for the log."""
    return Invalid("This file is broken and cannot be read.", detail=what)


def length(source: BinaryIO) -> int:
    """Return how many bytes there are; the place of reading is the beginning afterwards."""
    end = source.seek(0, os.SEEK_END)
    source.seek(0)
    return end


def exactly(source: BinaryIO, size: int) -> bytes:
    """Return the next ``size`` bytes; Invalid when there are fewer."""
    data = source.read(size)
    if len(data) < size:
        raise broken("it ends too early")
    return data


def copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    """Copy the next ``size`` bytes; Invalid when there are fewer."""
    while size:
        data = exactly(source, min(size, PIECE))
        target.write(data)
        size -= len(data)


def fill(target: BinaryIO, size: int, byte: bytes = b"\0") -> None:
    """Write ``size`` bytes that say nothing."""
    while size:
        part = min(size, PIECE)
        target.write(byte * part)
        size -= part
