"""Pictures on the public pages, all of them loaded from us; films and sounds are links.

Spec: SAFETY §3 (nothing from elsewhere, no style in the page): what must stay in sight when a picture is cropped is
told to the style sheet by steps of a tenth.
"""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from smallfed.domain.copy import Subject
from smallfed.domain.house import House
from smallfed.domain.post import Attachment
from smallfed.web.persons import loaded

STEPS = 10


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


class Gallery(Struct, frozen=True, kw_only=True):
    """What belongs to a post: ``pictures`` to be shown, and ``others`` to be named."""

    pictures: tuple[Photograph, ...] = ()
    others: tuple[Attachment, ...] = ()


def gallery(house: House, attachments: Sequence[Attachment]) -> Gallery:
    """Return these attachments as the pages show them."""
    seen = {media.id for media in attachments if media.kind == "image"}
    return Gallery(
        pictures=tuple(_photograph(house, media) for media in attachments if media.id in seen),
        others=tuple(media for media in attachments if media.id not in seen),
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
