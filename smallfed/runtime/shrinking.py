"""Others' pictures get a smaller, still form: in a child process, which reads the one file and writes the other."""

from pathlib import Path

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import attachments
from smallfed.imaging.entry import Refused
from smallfed.imaging.naming import TYPES, ending
from smallfed.imaging.pictures import media_type_of
from smallfed.runtime import files

ENTRY = "smallfed.runtime.shrinking:main"


class Order(Struct, frozen=True, kw_only=True):
    """Which file to read, and how the one is called that is written (without its ending).

    ``pixels`` is how many there shall be at most, ``max_pixels`` how many may be read.
    """

    source: str
    target: str
    pixels: int
    max_pixels: int


class Small(Struct, frozen=True, kw_only=True, tag=True):
    """The file that was written, and what it is."""

    name: str
    media_type: str
    size: int


def order(source: Path, target: Path, *, pixels: int, max_pixels: int) -> bytes:
    """Return the payload that makes ``main`` write ``target`` and an ending."""
    return msgspec.json.encode(Order(source=str(source), target=str(target), pixels=pixels, max_pixels=max_pixels))


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for, and return the encoded answer. For the child process."""
    wanted = msgspec.json.decode(payload, type=Order)
    target = Path(wanted.target)
    answer: Small | Refused
    try:
        made = attachments.preview(Path(wanted.source), pixels=wanted.pixels, max_pixels=wanted.max_pixels).picture
        name = f"{target.name}.{ending(made.media_type)}"
        files.rewrite(target.with_name(name), made.data)
        answer = Small(name=name, media_type=made.media_type, size=len(made.data))
    except SmallfedError as error:
        answer = Refused(message=error.message, detail=error.detail)
    except OSError as error:
        answer = Refused(message="This picture cannot be stored now.", detail=repr(error))
    return msgspec.msgpack.encode(answer)


def result(answer: bytes, target: Path) -> Small:
    """Return what was written; Invalid with the reason when there is nothing.

    A child that was taken over by what it read is not believed: the file must be there under its name, of its type.
    """
    try:
        made = msgspec.msgpack.decode(answer, type=Small | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("This picture cannot be made smaller.", detail=f"unreadable answer: {error}") from error
    if isinstance(made, Refused):
        raise Invalid(made.message, detail=made.detail)
    names = {f"{target.name}.{known}": media_type for known, media_type in TYPES.items()}
    path = target.with_name(made.name) if made.name in names else None
    is_named = path is not None and names[made.name] == made.media_type
    if path is None or not is_named or not path.is_file() or media_type_of(path) != made.media_type:
        raise Invalid("This picture cannot be made smaller.", detail="the answer does not fit what is there")
    return Small(name=made.name, media_type=made.media_type, size=path.stat().st_size)
