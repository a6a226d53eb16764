"""Uploaded files become the files that are shown: in a child process, which reads the one and writes the others.

The bytes never pass through the server: it names the files, and is told what they are.

    answer = await aside.child(developing.ENTRY, developing.order(source, folder, name="4f…"))
    print_ = developing.result(answer, folder)
"""

from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.imaging import attachments
from smallfed.imaging.entry import Refused
from smallfed.imaging.naming import TYPES, ending
from smallfed.imaging.pictures import OWNER_PIXELS, Picture, media_type_of
from smallfed.runtime import files

ENTRY = "smallfed.runtime.developing:main"

Job = Literal["attachment", "preview"]
_UNUSABLE = "This picture cannot be processed."


class Order(Struct, frozen=True, kw_only=True):
    """Which file to read, and where to write what it becomes; the files there begin with ``name``."""

    job: Job
    source: str
    folder: str
    name: str
    max_pixels: int


class Shown(Struct, frozen=True, kw_only=True):
    """A file that is shown: its name below the folder, and what it is."""

    name: str
    media_type: str
    width: int
    height: int
    size: int
    digest: bytes


class Prints(Struct, frozen=True, kw_only=True, tag=True):
    """What an upload has become. ``picture`` is None where only a preview was asked for."""

    picture: Shown | None
    preview: Shown | None
    blurhash: str | None


def order(job: Job, source: Path, folder: Path, name: str, *, max_pixels: int = OWNER_PIXELS) -> bytes:
    """Return the payload that makes ``main`` do ``job``: what is there under ``name`` already is overwritten."""
    return msgspec.json.encode(Order(job=job, source=str(source), folder=str(folder), name=name, max_pixels=max_pixels))


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for, and return the encoded answer. For the child process."""
    wanted = msgspec.json.decode(payload, type=Order)
    answer: Prints | Refused
    try:
        answer = _done(wanted)
    except SmallfedError as error:
        answer = Refused(message=error.message, detail=error.detail)
    except OSError as error:  # of writing: what is wrong with reading has become Invalid
        answer = Refused(message="This picture cannot be stored now; try again later.", detail=repr(error))
    return msgspec.msgpack.encode(answer)


def _done(wanted: Order) -> Prints:
    source, folder = Path(wanted.source), Path(wanted.folder)
    small = f"{wanted.name}-small"
    if wanted.job == "preview":
        chosen = attachments.preview(source, max_pixels=wanted.max_pixels)
        return Prints(picture=None, preview=_kept(folder, small, chosen), blurhash=None)
    made = attachments.develop(source, max_pixels=wanted.max_pixels)
    return Prints(
        picture=_kept(folder, wanted.name, made.picture),
        preview=None if made.preview is None else _kept(folder, small, made.preview),
        blurhash=made.blurhash,
    )


def _kept(folder: Path, stem: str, picture: Picture) -> Shown:
    name = f"{stem}.{ending(picture.media_type)}"
    files.rewrite(folder / name, picture.data)
    return Shown(
        name=name,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        digest=sha256(picture.data).digest(),
    )


def result(answer: bytes, folder: Path, name: str) -> Prints:
    """Return what an answer tells; raise Invalid with the child's reason when there is nothing.

    A child that was taken over by the picture it read is not believed: the files must be there, be called as was
    asked, and be of the type that they are said to be.
    """
    try:
        outcome = msgspec.msgpack.decode(answer, type=Prints | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(_UNUSABLE, detail=f"unreadable answer: {error}") from error
    if isinstance(outcome, Refused):
        raise Invalid(outcome.message, detail=outcome.detail)
    for shown, stem in ((outcome.picture, name), (outcome.preview, f"{name}-small")):
        if shown is not None:
            _require(shown, folder, stem)
    return outcome


def _require(shown: Shown, folder: Path, stem: str) -> None:
    named = any(shown.name == f"{stem}.{known}" and kind == shown.media_type for known, kind in TYPES.items())
    if not named or not (folder / shown.name).is_file() or media_type_of(folder / shown.name) != shown.media_type:
        raise Invalid(_UNUSABLE, detail="the answer does not fit what is there")
