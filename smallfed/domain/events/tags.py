"""Hashtags."""

from smallfed.domain.events.event import Event


class TagFeatured(Event, frozen=True, kw_only=True):
    """The owner's profile shows a hashtag, of this ``name``, written as ``title``."""

    name: str
    title: str


class TagUnfeatured(Event, frozen=True, kw_only=True):
    """The owner's profile no longer shows a hashtag."""

    name: str
    title: str


SHOWN: tuple[type[Event], ...] = (
    TagFeatured,
    TagUnfeatured,
)
