"""The door of this package for a child process, and its handle for the parent, which never loads Pillow.

    answer = await aside.child(entry.ENTRY, entry.request("avatar", upload))
    picture = entry.result(answer)

A request is an ``Order`` as one line of JSON, a newline, and the bytes to work on: a picture (unless the order names
its file), or a handle in UTF-8 for the default pictures, or nothing. An answer is a ``Picture`` or a ``Refused`` in
MessagePack.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import defaults, portraits
from smallfed.imaging.pictures import OWNER_PIXELS, Picture, Source
from smallfed.imaging.sniffing import sniff

ENTRY = "smallfed.imaging.entry:main"

Job = Literal["avatar", "header", "default_avatar", "default_header", "missing_avatar"]


class Order(Struct, frozen=True, kw_only=True):
    """What to do, and for whom: the owner may send larger pictures than strangers. ``file`` holds the picture."""

    job: Job
    file: str | None = None
    max_pixels: int = OWNER_PIXELS


class Refused(Struct, frozen=True, kw_only=True, tag=True):
    """The job could not be done; ``message`` is for whoever sent the picture, ``detail`` for the log."""

    message: str
    detail: str


_JOBS: dict[Job, Callable[[Source, int], Picture]] = {
    "avatar": lambda data, limit: portraits.avatar(data, max_pixels=limit),
    "header": lambda data, limit: portraits.header(data, max_pixels=limit),
    "default_avatar": lambda data, _limit: defaults.default_avatar(_text(data)),
    "default_header": lambda data, _limit: defaults.default_header(_text(data)),
    "missing_avatar": lambda _data, _limit: defaults.missing_avatar(),
}


def _text(data: Source) -> str:
    return data.decode() if isinstance(data, bytes) else str(data)


def request(job: Job, data: Source = b"", *, max_pixels: int = OWNER_PIXELS) -> bytes:
    """Return the payload that makes ``main`` do ``job`` with ``data``."""
    if isinstance(data, Path):
        return msgspec.json.encode(Order(job=job, file=str(data), max_pixels=max_pixels)) + b"\n"
    return msgspec.json.encode(Order(job=job, max_pixels=max_pixels)) + b"\n" + data


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for, and return the encoded answer. For the child process.

    Errors of the house become an answer; a request that ``request`` did not write and MemoryError are raised.
    """
    line, _, data = payload.partition(b"\n")
    order = msgspec.json.decode(line, type=Order)
    answer: Picture | Refused
    try:
        answer = _JOBS[order.job](Path(order.file) if order.file else data, order.max_pixels)
    except SmallfedError as error:
        answer = Refused(message=error.message, detail=error.detail)
    return msgspec.msgpack.encode(answer)


def result(answer: bytes) -> Picture:
    """Return the picture of an answer; raise Invalid with the child's reason when there is none.

    A child that was taken over by the picture it read is not believed: the type must be the one the bytes have.
    """
    try:
        outcome = msgspec.msgpack.decode(answer, type=Picture | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("This picture cannot be processed.", detail=f"unreadable answer: {error}") from error
    if isinstance(outcome, Refused):
        raise Invalid(outcome.message, detail=outcome.detail)
    if sniff(outcome.data) != outcome.media_type or (outcome.moves and sniff(outcome.moves) != "image/webp"):
        raise Invalid("This picture cannot be processed.", detail="the answer is not of the type it names")
    return outcome
