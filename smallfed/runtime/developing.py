"""Uploaded files become the files that are shown: in a child process, which reads the one and writes the others.

The bytes never pass through the server: it names the files, and is told what they are.

    answer = await aside.child(developing.ENTRY, developing.order("attachment", source, folder, "4f…", means))
    print_ = developing.result(answer, folder, "4f…")
"""

import shutil
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from smallfed.errors import Invalid, SmallfedError
from smallfed.filming.formats import FORMATS, Kind, Means
from smallfed.imaging import attachments
from smallfed.imaging.attachments import Preview
from smallfed.imaging.entry import Refused
from smallfed.imaging.naming import TYPES, ending
from smallfed.imaging.pictures import OWNER_PIXELS, Picture, head_of
from smallfed.imaging.sniffing import sniff
from smallfed.runtime import files

if TYPE_CHECKING:
    from smallfed.runtime.filming import Made

ENTRY = "smallfed.runtime.developing:main"

Job = Literal["attachment", "preview"]
_UNUSABLE = "This file cannot be processed."


class Order(Struct, frozen=True, kw_only=True):
    """Which file to read, with what, and where to write what it becomes; the files there begin with ``name``."""

    job: Job
    source: str
    folder: str
    name: str
    means: Means
    max_pixels: int


class Shown(Struct, frozen=True, kw_only=True):
    """A file that is shown: its name below the folder, and what it is."""

    name: str
    media_type: str
    width: int | None
    height: int | None
    size: int
    digest: bytes
    duration: float | None = None
    frame_rate: str | None = None
    bit_rate: int | None = None


class Prints(Struct, frozen=True, kw_only=True, tag=True):
    """What an upload has become. ``whole`` is None where only a preview was asked for."""

    kind: Kind
    whole: Shown | None
    preview: Shown | None
    blurhash: str | None


def order(job: Job, source: Path, folder: Path, name: str, means: Means, *, max_pixels: int = OWNER_PIXELS) -> bytes:
    """Return the payload that makes ``main`` do ``job``: what is there under ``name`` already is overwritten."""
    wanted = Order(job=job, source=str(source), folder=str(folder), name=name, means=means, max_pixels=max_pixels)
    return msgspec.json.encode(wanted, enc_hook=str)


def clear(source: Path) -> None:
    """Clear away what was left while files were made of ``source``. For whoever has given the order."""
    shutil.rmtree(_place(source), ignore_errors=True)


def _place(source: Path) -> Path:
    return source.with_name(f".{source.name}-work")


def main(payload: bytes) -> bytes:
    """Do what ``payload`` asks for, and return the encoded answer. For the child process."""
    wanted = msgspec.json.decode(payload, type=Order, dec_hook=lambda kind, text: kind(text))
    answer: Prints | Refused
    try:
        answer = _done(wanted)
    except SmallfedError as error:
        answer = Refused(message=error.message, detail=error.detail)
    except OSError as error:  # of writing: what is wrong with reading has become Invalid
        answer = Refused(message="This file cannot be stored now; try again later.", detail=repr(error))
    return msgspec.msgpack.encode(answer)


def _done(wanted: Order) -> Prints:
    from smallfed.runtime import filming  # lazily: the server makes no films itself

    source, folder = Path(wanted.source), Path(wanted.folder)
    if wanted.job == "preview":
        chosen = attachments.preview(source, max_pixels=wanted.max_pixels)
        return Prints(kind="image", whole=None, preview=_small(wanted, chosen.picture), blurhash=chosen.blurhash)
    media_type = sniff(head_of(source))
    if media_type is not None and media_type in FORMATS:
        return _filmed(wanted, filming.develop(source, media_type, wanted.means, _workshop(source)))
    programs = wanted.means.ffmpeg if wanted.means.gifs else None
    made = attachments.develop(source, max_pixels=wanted.max_pixels, films=programs is not None)
    preview = None if made.preview is None else _small(wanted, made.preview)
    if made.picture is not None:
        whole = _kept(folder, wanted.name, made.picture)
        return Prints(kind="image", whole=whole, preview=preview, blurhash=made.blurhash)
    assert media_type is not None
    assert programs is not None
    film = filming.silent(source, made.image, media_type, programs, _workshop(source))
    return Prints(kind="gifv", whole=_adopted(wanted, film), preview=preview, blurhash=made.blurhash)


def _workshop(source: Path) -> Path:
    """Return the folder to work in, empty: a crash may have left something."""
    folder = _place(source)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _filmed(wanted: Order, made: "Made") -> Prints:
    kind: Kind = "audio" if made.measures.media_type.startswith("audio/") else "video"
    poster = _poster(made, wanted.max_pixels)
    return Prints(
        kind=kind,
        whole=_adopted(wanted, made),
        preview=None if poster is None else _small(wanted, poster.picture),
        blurhash=None if poster is None else poster.blurhash,
    )


def _poster(made: "Made", max_pixels: int) -> Preview | None:
    """Return the picture that stands for a film or a sound; a cover that is no whole picture is left out."""
    if made.poster is None:
        return None
    try:
        return attachments.preview(made.poster, max_pixels=max_pixels)
    except Invalid:
        if made.measures.media_type.startswith("video/"):
            raise
        return None


def _adopted(wanted: Order, made: "Made") -> Shown:
    """Keep a file that is on this disk already."""
    measures, folder = made.measures, Path(wanted.folder)
    name = f"{wanted.name}.{ending(measures.media_type)}"
    with made.file.open("rb") as file:
        digest = file_digest(file, "sha256").digest()
    size = made.file.stat().st_size
    files.adopt(made.file, folder / name)
    return Shown(
        name=name,
        media_type=measures.media_type,
        width=measures.width,
        height=measures.height,
        size=size,
        digest=digest,
        duration=measures.duration,
        frame_rate=measures.frame_rate,
        bit_rate=measures.bit_rate,
    )


def _small(wanted: Order, picture: Picture) -> Shown:
    return _kept(Path(wanted.folder), f"{wanted.name}-small", picture)


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

    A child that was taken over by the file it read is not believed: the files must be there, be called as was
    asked, and be of the type that they are said to be.
    """
    try:
        outcome = msgspec.msgpack.decode(answer, type=Prints | Refused)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(_UNUSABLE, detail=f"unreadable answer: {error}") from error
    if isinstance(outcome, Refused):
        raise Invalid(outcome.message, detail=outcome.detail)
    for shown, stem in ((outcome.whole, name), (outcome.preview, f"{name}-small")):
        if shown is not None:
            _require(shown, folder, stem)
    return outcome


def _require(shown: Shown, folder: Path, stem: str) -> None:
    named = any(shown.name == f"{stem}.{known}" and kind == shown.media_type for known, kind in TYPES.items())
    if not named or not (folder / shown.name).is_file() or sniff(head_of(folder / shown.name)) != shown.media_type:
        raise Invalid(_UNUSABLE, detail="the answer does not fit what is there")
