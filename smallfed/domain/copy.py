"""Copies: what we keep of others' pictures, films and sounds."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Subject(StrEnum):
    """What somebody's picture, film or sound is to them."""

    ATTACHMENT = "attachment"
    AVATAR = "avatar"
    HEADER = "header"
    EMOJI = "emoji"
    CARD = "card"


class Cause(StrEnum):
    """Why the thing that something belongs to is here."""

    FOLLOW = "follow"
    BOOST = "boost"
    THREAD = "thread"
    TAG = "tag"
    SEARCH = "search"
    RELAY = "relay"
    MENTION = "mention"
    OTHER = "other"


class CopyState(StrEnum):
    """Whether the last attempt to fetch it brought something."""

    KEPT = "kept"
    FAILED = "failed"


class Shrinking(StrEnum):
    """Whether there is a smaller form of a picture."""

    WANTED = "wanted"
    DONE = "done"  # there is one, or the original is small enough itself
    FAILED = "failed"  # it cannot be made


class Copy(Struct, frozen=True, kw_only=True):
    """One row of copies: what is at ``url`` on ``host``. ``file`` and ``preview`` are names below media/remote.

    A file that is None was too large to be kept, or is not kept any more; type, size, width and height are those of
    the original all the same. A preview outlives its original; without one the original is its own. ``subject_id`` is
    whose it was when it was fetched, and ``cause`` why that was here. ``moves``: it is a picture, and a film.
    """

    id: int
    url: str
    host: str
    subject: Subject
    subject_id: int = 0
    cause: Cause = Cause.OTHER
    state: CopyState = CopyState.KEPT
    reason: str = ""
    file: str | None = None
    media_type: str = ""
    size: int | None = None
    digest: bytes | None = None
    width: int | None = None
    height: int | None = None
    preview: str | None = None
    preview_type: str = ""
    preview_size: int | None = None
    blurhash: str | None = None
    moves: bool = False
    shrinking: Shrinking = Shrinking.DONE
    fetched_at: datetime
    seen_at: datetime
    failures: int = 0
    retry_at: datetime | None = None
