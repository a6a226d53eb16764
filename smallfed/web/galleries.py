"""Pictures, films and sounds on the public pages, all of them loaded from us.

Spec: SAFETY §3 (nothing from elsewhere, no style in the page): what must stay in sight when a picture is cropped is
told to the style sheet by steps of a tenth.
"""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from smallfed.domain.copy import Subject
from smallfed.domain.house import MEDIA, House
from smallfed.domain.post import Attachment
from smallfed.web.persons import loaded

STEPS = 10
ENDINGS = {"gifv": "mp4", "video": "mp4", "audio": "mp3"}
_NAMES = {"gifv": "moving picture", "video": "film", "audio": "sound"}


class Photograph(Struct, frozen=True, kw_only=True):
    """A picture; ``url`` and ``preview`` are paths. ``x`` and ``y`` say where to crop, 0 to ``STEPS``."""

    url: str
    preview: str
    media_type: str
    description: str
    width: int | None
    height: int | None
    x: int
    y: int


class Film(Struct, frozen=True, kw_only=True):
    """A film or a sound; ``url`` and ``poster`` are paths. ``kind`` is that of the Attachment.

    ``local``: it is ours, so that its beginning may be loaded before anybody wants to see it.
    """

    kind: str
    url: str
    poster: str | None
    media_type: str
    description: str
    width: int | None
    height: int | None
    local: bool


class Gallery(Struct, frozen=True, kw_only=True):
    """What belongs to a post: ``pictures`` and ``films`` to be shown, and ``others`` to be named."""

    pictures: tuple[Photograph, ...] = ()
    films: tuple[Film, ...] = ()
    others: tuple[Attachment, ...] = ()

    @property
    def named(self) -> str:
        """What is shown, in a word or three."""
        words = ["picture"] * len(self.pictures) + [_NAMES[film.kind] for film in self.films]
        if len(words) == 1:
            return words[0]
        return f"{words[0]}s" if len(set(words)) == 1 else "pictures and films"


def gallery(house: House, attachments: Sequence[Attachment]) -> Gallery:
    """Return these attachments as the pages show them."""
    seen = [media for media in attachments if media.kind == "image"]
    played = [media for media in attachments if media.kind in _NAMES]
    known = {media.id for media in (*seen, *played)}
    return Gallery(
        pictures=tuple(_photograph(house, media) for media in seen),
        films=tuple(_film(house, media) for media in played),
        others=tuple(media for media in attachments if media.id not in known),
    )


def _film(house: House, media: Attachment) -> Film:
    shown = partial(house.proxied, Subject.ATTACHMENT, media.id)
    return Film(
        kind=media.kind,
        url=loaded(house, shown(media.url, ending=ENDINGS[media.kind])),
        poster=None if media.preview_url is None else loaded(house, shown(media.preview_url, small=True)),
        local=media.url.startswith(f"{house.base}{MEDIA}"),
        media_type=media.media_type,
        description=media.description,
        width=media.width,
        height=media.height,
    )


def _photograph(house: House, media: Attachment) -> Photograph:
    x, y = media.focus or (0.0, 0.0)
    shown = partial(house.proxied, Subject.ATTACHMENT, media.id)
    return Photograph(
        url=loaded(house, shown(media.url)),
        preview=loaded(house, shown(media.preview_url or media.url, small=True)),
        media_type=media.media_type,
        description=media.description,
        width=media.width,
        height=media.height,
        x=round((x + 1) / 2 * STEPS),
        y=round((1 - y) / 2 * STEPS),
    )
