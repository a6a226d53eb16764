"""Custom emoji of the owner's own; those of others are parts of what they wrote (``account.Emoji``)."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Emoji


class CustomEmoji(Struct, frozen=True, kw_only=True):
    """What ``:shortcode:`` looks like in the owner's texts. ``still`` is the picture without movement."""

    id: int
    shortcode: str
    category: str | None = None
    url: str
    still: str
    created_at: datetime
    updated_at: datetime

    @property
    def shown(self) -> Emoji:
        """The emoji as a part of a text."""
        return Emoji(shortcode=self.shortcode, url=self.url, still=self.still, updated_at=self.updated_at)
