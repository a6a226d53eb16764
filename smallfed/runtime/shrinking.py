"""Others' pictures get a smaller, still form: in a child process, which reads the files and writes the others.

Several are made by one child, because to start it and to load Pillow takes longer than most of them. Each has a process
of its own all the same, forked from the child with its limits: what takes that over, or down, is one picture's trouble.

    answer = await aside.child(shrinking.ENTRY, shrinking.request([order, other]))
    made, other_made = shrinking.results(answer, [target, other_target])
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import attachments
from smallfed.imaging.blurhash import is_blurhash
from smallfed.imaging.entry import Refused
from smallfed.imaging.naming import TYPES, ending
from smallfed.imaging.pictures import head_of
from smallfed.imaging.sniffing import sniff
from smallfed.runtime import files

ENTRY = "smallfed.runtime.shrinking:main"
BEGIN_WITHIN = 4.0  # seconds in which pictures are begun; the rest is left for another child
EACH = 10  # seconds for one
LONGEST_ANSWER = 4096  # bytes about one

_UNUSABLE = "This picture cannot be made smaller."


class Order(Struct, frozen=True, kw_only=True):
    """Which file to read, and how the one is called that is written (without its ending).

    ``pixels`` is how many there shall be at most, ``max_pixels`` how many may be read.
    """

    source: str
    target: str
    pixels: int
    max_pixels: int


class Small(Struct, frozen=True, kw_only=True, tag=True):
    """The file that was written, what it is, and how it looks from afar."""

    name: str
    media_type: str
    size: int
    blurhash: str


def order(source: Path, target: Path, *, pixels: int, max_pixels: int) -> Order:
    """Return the order to read ``source`` and to write ``target`` and an ending."""
    return Order(source=str(source), target=str(target), pixels=pixels, max_pixels=max_pixels)


def request(orders: Sequence[Order]) -> bytes:
    """Return the payload that makes ``main`` do these."""
    return msgspec.msgpack.encode(orders)


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for; return an encoded answer for each, empty for those that were not begun.

    For the child process.
    """
    orders = msgspec.msgpack.decode(payload, type=list[Order])
    if len(orders) == 1:
        return msgspec.msgpack.encode([_done(orders[0])])
    _load()
    end = monotonic() + BEGIN_WITHIN
    return msgspec.msgpack.encode([_apart(each) if monotonic() < end else b"" for each in orders])


def _load() -> None:
    """Load what every picture needs, once for all."""
    from PIL import Image, ImageCms, ImageOps  # noqa: F401 - lazily: see imaging

    Image.init()


def _apart(wanted: Order) -> bytes:
    """Do one order in a process of its own."""
    out, into = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(out)
            signal.alarm(EACH)
            os.write(into, _done(wanted))
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as told:
        answer = told.read(LONGEST_ANSWER)
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0 and answer:
        return answer
    return msgspec.msgpack.encode(Refused(message=_UNUSABLE, detail=f"its reader ended with code {code}"))


def _done(wanted: Order) -> bytes:
    target = Path(wanted.target)
    answer: Small | Refused
    try:
        made = attachments.preview(Path(wanted.source), pixels=wanted.pixels, max_pixels=wanted.max_pixels)
        shown = made.picture
        name = f"{target.name}.{ending(shown.media_type)}"
        files.rewrite(target.with_name(name), shown.data)
        answer = Small(name=name, media_type=shown.media_type, size=len(shown.data), blurhash=made.blurhash)
    except SmallfedError as error:
        answer = Refused(message=error.message[:500], detail=error.detail[:500])
    except OSError as error:
        answer = Refused(message="This picture cannot be stored now.", detail=repr(error)[:500])
    return msgspec.msgpack.encode(answer)


def results(answer: bytes, targets: Sequence[Path]) -> list[Small | Invalid | None]:
    """Return for each target what was written, why nothing was, or None when it was not begun.

    Invalid where the answer makes no sense. A process that was taken over by what it read is not believed: the file
    must be there under its name, of its type.
    """
    try:
        told = msgspec.msgpack.decode(answer, type=list[bytes])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(_UNUSABLE, detail=f"unreadable answer: {error}") from error
    if len(told) != len(targets):
        raise Invalid(_UNUSABLE, detail=f"{len(told)} answers to {len(targets)} orders")
    return [_result(each, target) if each else None for each, target in zip(told, targets, strict=True)]


def _result(answer: bytes, target: Path) -> Small | Invalid:
    try:
        made = msgspec.msgpack.decode(answer, type=Small | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Invalid(_UNUSABLE, detail=f"unreadable answer: {error}")
    if isinstance(made, Refused):
        return Invalid(made.message, detail=made.detail)
    names = {f"{target.name}.{known}": media_type for known, media_type in TYPES.items()}
    path = target.with_name(made.name) if names.get(made.name) == made.media_type else None
    if path is None or not path.is_file() or sniff(head_of(path)) != made.media_type:
        return Invalid(_UNUSABLE, detail="the answer does not fit what is there")
    if not is_blurhash(made.blurhash):
        return Invalid(_UNUSABLE, detail="the answer has no blurhash")
    return Small(name=made.name, media_type=made.media_type, size=path.stat().st_size, blurhash=made.blurhash)
