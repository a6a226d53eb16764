"""Custom emoji of the owner's own; those of others are parts of what they wrote (``account.Emoji``)."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Emoji


class CustomEmoji(Struct, frozen=True, kw_only=True):
    """What ``:shortcode:`` looks like in the owner's texts. ``still`` is the picture without movement.

    ``visible``: apps list it in their pickers. What is not ``enabled`` is written as a text. ``origin`` is the address
    it was copied from, "" for a file; ``license`` is what was said there.
    """

    id: int
    shortcode: str
    category: str | None = None
    url: str
    still: str
    visible: bool = True
    enabled: bool = True
    license: str = ""
    origin: str = ""
    created_at: datetime
    updated_at: datetime

    @property
    def shown(self) -> Emoji:
        """The emoji as a part of a text."""
        return Emoji(shortcode=self.shortcode, url=self.url, still=self.still, updated_at=self.updated_at)


class Arrival(Struct, frozen=True, kw_only=True):
    """A custom emoji that is to be one of the owner's; ``picture`` and ``still`` are names of files that are there."""

    shortcode: str
    picture: str
    still: str
    category: str | None = None
    visible: bool = True
    license: str = ""
    origin: str = ""
