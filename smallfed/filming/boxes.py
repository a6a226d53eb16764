"""Boxes: what MP4, MOV and M4A are made of, read and written.

A box has a name of four letters and a content, which may be boxes again; a film is a tree of them.

Spec: ISO 14496-12 §4.2, §8.2.1 (moov), §8.8 (fragments).
"""

import struct
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from smallfed.errors import Invalid
from smallfed.filming import formats
from smallfed.filming.pieces import broken, exactly

TREE = 32 << 20  # bytes of the tree at most
MOST_BOXES = 10_000  # beside each other


def read_tree(source: BinaryIO, whole: int) -> bytes:
    """Return the content of the box that says what is where (``moov``); Invalid where there is none."""
    at, found = 0, b""
    for _ in range(MOST_BOXES):
        if at + 8 > whole:
            break
        source.seek(at)
        size, name = struct.unpack(">I4s", exactly(source, 8))
        head = 8
        if size == 1:
            size, head = int.from_bytes(exactly(source, 8)), 16
        size = whole - at if size == 0 else size
        if size < head or at + size > whole:
            raise broken(f"a box {name!r} of {size} bytes at {at} of {whole}")
        if name == b"moof":
            raise Invalid(formats.needs_ffmpeg("films in fragments"))
        if name == b"moov" and not found:
            if size > TREE:
                raise broken("a tree of more than 32 MB")
            found = exactly(source, size - head)
        at += size
    if not found:
        raise broken("no moov")
    return found


def boxes(data: bytes, at: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yield (name, content) of the boxes beside each other from ``at`` on."""
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if name == b"\0\0\0\0" or size == 0:
            return  # QuickTime ends lists so
        if size < 8 or at + size > len(data):
            raise broken(f"a box {name!r} of {size} bytes")
        yield name, data[at + 8 : at + size]
        at += size


def children(data: bytes, at: int = 0) -> dict[bytes, bytes]:
    """Return the first of each box."""
    found: dict[bytes, bytes] = {}
    for name, content in boxes(data, at):
        found.setdefault(name, content)
    return found


def several(data: bytes, wanted: bytes) -> list[bytes]:
    """Return the contents of all boxes of a name."""
    return [content for name, content in boxes(data) if name == wanted]


def need(found: Mapping[bytes, bytes], name: bytes, least: int = 0) -> bytes:
    """Return the content of a box that must be there, with so many bytes; Invalid where it is not."""
    if name not in found or len(found[name]) < least:
        raise broken(f"no whole {name!r}")
    return found[name]


def numbers(body: bytes, width: int, form: str) -> list[tuple[int, ...]]:
    """Return the entries of a table: a version, how many there are, and they themselves."""
    count = int.from_bytes(body[4:8])
    if count * width > len(body) - 8:
        raise broken("a table that ends too early")
    return list(struct.iter_unpack(form, body[8 : 8 + count * width]))


def box(name: bytes, content: bytes) -> bytes:
    """Write a box."""
    return struct.pack(">I4s", len(content) + 8, name) + content
