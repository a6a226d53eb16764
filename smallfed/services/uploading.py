"""Uploading: what the owner brings along for posts comes, is read, and goes when no post has taken it.

Spec: CLIENT_API §5 (media), §13 item 20; https://docs.joinmastodon.org/methods/media/.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from msgspec import Struct

from smallfed.domain.events import FilesDiscarded, FilesKept, MediumTaken
from smallfed.domain.medium import Medium, MediumState, Retouch
from smallfed.errors import Invalid
from smallfed.store import attachments, discards, ids, media, purges, scheduled_posts
from smallfed.store.tx import Tx

UNUSED = timedelta(days=1)  # that something is kept which no post has
SLICE = 100  # that go in one transaction
INCOMING, FILES = "incoming", "files"  # folders below that of media
PURGED = "You have purged this file here: `smallfed purge list` says when and why, and forgets it if you want it back."
USED = "Media attachment is currently used by a status"


class Upload(Struct, frozen=True, kw_only=True):
    """What has come: ``source`` and ``thumbnail`` are names of files that are on disk, ``digest`` of the former.

    ``kind`` is what it seems to be, before it is read.
    """

    source: str
    digest: bytes
    kind: str = "image"
    thumbnail: str | None = None
    description: str = ""
    focus: tuple[float, float] | None = None


class Small(Struct, frozen=True, kw_only=True):
    """A preview: the name of a file that is on disk, and how large it is."""

    file: str
    size: int
    width: int
    height: int
    blurhash: str | None = None


class Print(Struct, frozen=True, kw_only=True):
    """What an upload has become: the name of a file that is on disk, and what it is."""

    file: str
    preview: Small | None
    kind: str
    media_type: str
    size: int
    digest: bytes
    width: int | None
    height: int | None
    duration: float | None
    frame_rate: str | None
    bit_rate: int | None
    blurhash: str | None


def take(tx: Tx, upload: Upload) -> Medium:
    """Take an upload in, to be read; the files must be on disk. Invalid for what was purged here."""
    if purges.holds_file(tx, upload.digest):
        raise Invalid(PURGED)
    focus_x, focus_y = upload.focus or (None, None)
    medium = Medium(
        id=_id(tx),
        source=upload.source,
        thumbnail=upload.thumbnail,
        uploaded=upload.digest,
        kind=upload.kind,
        description=upload.description,
        focus_x=focus_x,
        focus_y=focus_y,
        kept_until=tx.now + UNUSED,
        created_at=tx.now,
    )
    media.put(tx, medium)
    tx.announce(MediumTaken(medium=medium.id))
    return medium


def _id(tx: Tx) -> int:
    """Return an id that nothing which apps take for a medium has."""
    while attachments.has(tx, number := ids.fresh(tx, "media")):
        pass
    return number


def retouch(tx: Tx, change: Retouch, *, thumbnail: str | None = None) -> Medium:
    """Change what the owner says about an upload, and let ``thumbnail``, a file on disk, become its preview.

    NotFound when there is none; Invalid when a post has it: then it changes with the post, and everybody is told.
    """
    medium = media.get(tx, change.id)
    if medium.post_id is not None:
        raise Invalid("This is part of a post already: edit the post to change it.")
    columns = said(change)
    if thumbnail is not None:
        columns |= {"thumbnail": thumbnail, "reason": ""}
        _discard(tx, INCOMING, [medium.thumbnail])
        _discard(tx, FILES, [medium.thumbnail and f"{medium.thumbnail}*"])
    if columns:
        media.change(tx, medium.id, **columns)
    if thumbnail is not None:
        tx.announce(MediumTaken(medium=medium.id))
    return media.get(tx, medium.id)


def said(change: Retouch) -> dict[str, Any]:
    """Return the columns that a change sets."""
    columns: dict[str, Any] = {}
    if change.description is not None:
        columns["description"] = change.description
    if change.focus is not None:
        columns["focus_x"], columns["focus_y"] = change.focus
    return columns


def finish(tx: Tx, medium: int, source: str, made: Print) -> None:
    """Note what the upload ``source`` has become; nothing when it is not wanted any more."""
    known = media.find(tx, medium)
    if known is None or known.source != source:
        return
    if purges.holds_file(tx, made.digest):
        fail(tx, medium, source, PURGED)
        return
    media.change(
        tx,
        medium,
        state=MediumState.READY,
        source=None,
        file=made.file,
        kind=made.kind,
        media_type=made.media_type,
        size=made.size,
        digest=made.digest,
        width=made.width,
        height=made.height,
        duration=made.duration,
        frame_rate=made.frame_rate,
        bit_rate=made.bit_rate,
        blurhash=made.blurhash,
        **_preview(made.preview),
    )
    _keep(tx, [made.file, made.preview.file if made.preview else None])
    _discard(tx, INCOMING, [source])


def _preview(small: Small | None) -> dict[str, Any]:
    """Return the columns about a preview."""
    if small is None:
        return {}
    return {
        "preview": small.file,
        "preview_size": small.size,
        "preview_width": small.width,
        "preview_height": small.height,
    }


def fail(tx: Tx, medium: int, source: str, reason: str) -> None:
    """Note why the upload ``source`` cannot be shown."""
    known = media.find(tx, medium)
    if known is not None and known.source == source:
        media.change(tx, medium, state=MediumState.FAILED, source=None, thumbnail=None, reason=reason)
        _discard(tx, INCOMING, [source, known.thumbnail])
        _discard(tx, FILES, [f"{source}*"])


def illustrate(tx: Tx, medium: int, thumbnail: str, small: Small) -> None:
    """Let ``small`` be the preview, which was made of ``thumbnail``; a film or sound without a blur gets its own."""
    known = media.find(tx, medium)
    if known is None or known.thumbnail != thumbnail:
        return
    blur = {"blurhash": small.blurhash} if known.blurhash is None else {}
    media.change(tx, medium, thumbnail=None, **_preview(small), **blur)
    _keep(tx, [small.file])
    _discard(tx, FILES, [known.preview])
    _discard(tx, INCOMING, [thumbnail])


def spoil(tx: Tx, medium: int, thumbnail: str, reason: str) -> None:
    """Note why ``thumbnail`` cannot become the preview; the medium is as it was."""
    known = media.find(tx, medium)
    if known is not None and known.thumbnail == thumbnail:
        media.change(tx, medium, thumbnail=None, reason=reason)
        _discard(tx, INCOMING, [thumbnail])
        _discard(tx, FILES, [f"{thumbnail}*"])


def withdraw(tx: Tx, medium: int) -> Medium:
    """Remove an upload and return what it was; NotFound, or Invalid when a post has it, or one for later will."""
    known = media.get(tx, medium)
    if known.post_id is not None or medium in scheduled_posts.media(tx):
        raise Invalid(USED)
    remove(tx, [known])
    return known


def expire(tx: Tx) -> int:
    """Remove some of what no post has taken in time; return how many."""
    gone = media.unused(tx, SLICE)
    remove(tx, gone)
    return len(gone)


def remove(tx: Tx, gone: Collection[Medium]) -> None:
    """Remove media with their files, and with those that are being made of them at this moment."""
    media.drop(tx, [medium.id for medium in gone])
    unread = [name for medium in gone for name in (medium.source, medium.thumbnail) if name is not None]
    _discard(tx, INCOMING, unread)
    _discard(tx, FILES, [name for medium in gone for name in (medium.file, medium.preview)])
    _discard(tx, FILES, [f"{name}*" for name in unread])


def _keep(tx: Tx, names: Collection[str | None]) -> None:
    tx.announce(FilesKept(names=tuple(f"{FILES}/{name}" for name in names if name is not None)))


def _discard(tx: Tx, folder: str, names: Collection[str | None]) -> None:
    paths = [f"{folder}/{name}" for name in names if name is not None]
    if paths:
        discards.put(tx, paths)
        tx.announce(FilesDiscarded())
