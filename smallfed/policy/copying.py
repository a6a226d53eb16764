"""Copying: what of others' media is taken, how much of it, what is shown smaller, and when to ask again. The rules.

Spec: SAFETY rule 33 and §2 (fetch, images); RULINGS 31.
"""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from smallfed.domain.copy import Copy, Shrinking, Subject

TYPES: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/wav": "wav",
}
"""Every type that is ever served of others → the ending of the names of its files."""

PICTURE_BYTES = 16 << 20
PIXELS = 32_000_000  # of what is decoded for a preview; browsers show what has more
MOST_PIXELS = 200_000_000  # of what is shown at all
WORTH = 200_000  # bytes: what is larger has a smaller form for timelines, however few its pixels are
AREAS: Mapping[Subject, int] = {
    Subject.ATTACHMENT: 640 * 360,
    Subject.CARD: 640 * 360,
    Subject.AVATAR: 400 * 400,
    Subject.HEADER: 1500 * 500,
    Subject.EMOJI: 256 * 256,
}
"""How many pixels are shown of what somebody's picture is to them; of attachments, only in passing."""

FIRST, LONGEST = timedelta(minutes=5), timedelta(days=7)


def is_picture(media_type: str) -> bool:
    """Whether it is a picture, and no film or sound."""
    return media_type.startswith("image/")


def wants_preview(subject: Subject, *, width: int, height: int, size: int, moves: bool) -> bool:
    """Whether a picture is worth a smaller, still form. One that cannot be decoded within limits has none."""
    pixels = width * height
    if pixels > PIXELS:
        return False
    return moves or pixels > AREAS[subject] * 1.5 or size > WORTH


def is_shown_small(subject: Subject, *, moves: bool) -> bool:
    """Whether the smaller form stands for the original everywhere, so that this need not be kept."""
    return subject in (Subject.AVATAR, Subject.HEADER, Subject.EMOJI) and not moves


class Choice(Struct, frozen=True, kw_only=True):
    """What is served of a copy: a file of this name and type. ``provisional``: something better may come."""

    name: str
    media_type: str
    provisional: bool = False


def choose(copy: Copy, *, small: bool) -> Choice | None:
    """Return what is served where the picture itself, or its ``small`` form, is asked for; None: nothing is there."""
    if small or is_shown_small(copy.subject, moves=copy.moves):
        if copy.preview is not None:
            return Choice(name=copy.preview, media_type=copy.preview_type)
        if copy.file is not None:
            wanted = copy.shrinking is Shrinking.WANTED
            return Choice(name=copy.file, media_type=copy.media_type, provisional=wanted)
        return None
    return None if copy.file is None else Choice(name=copy.file, media_type=copy.media_type)


def stopgap(copy: Copy | None) -> Choice | None:
    """Return what is shown of a picture whose original cannot be had now: its smaller form, if that is there."""
    if copy is None or copy.preview is None:
        return None
    return Choice(name=copy.preview, media_type=copy.preview_type, provisional=True)


def pause(failures: int, dice: float) -> timedelta:
    """Return after how long it is tried again what has failed so often in a row; ``dice`` is in [0, 1)."""
    return min(FIRST * float(4 ** min(failures - 1, 10)), LONGEST) * (1 + dice / 4)
