"""Reactions: what somebody thinks of a post. A plain favourite is the reaction without an emoji."""

from msgspec import Struct

DISLIKE = "👎"
"""The one reaction that is no favourite, in whatever form it was sent."""


class Reaction(Struct, frozen=True, kw_only=True):
    """``emoji`` is "" (a plain favourite), an emoji, or ``:name:`` (ours) or ``:name@host:`` with its ``picture``."""

    emoji: str = ""
    picture: str | None = None

    @property
    def favours(self) -> bool:
        """Whether it counts as a favourite, too."""
        return self.emoji != DISLIKE

    @property
    def name(self) -> str:
        """The emoji as apps call it: of a custom one, its name without colons."""
        return self.emoji.strip(":")


FAVOURITE = Reaction()
