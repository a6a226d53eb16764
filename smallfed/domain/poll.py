"""Polls: what a post lets people choose from, and how it stands."""

from datetime import datetime

from msgspec import Struct


class Option(Struct, frozen=True, kw_only=True):
    """One choice. ``name`` is what a vote must say, exactly; ``title`` is the same as plain text to be shown."""

    name: str
    title: str
    votes: int = 0


class Poll(Struct, frozen=True, kw_only=True):
    """The poll of the post ``post_id``. ``ended`` is as of when it was read; ``ends_at`` None: never.

    Of ours, all numbers are counted from votes that were verified. Of others', they are what the origin claims:
    ``voters`` is None where it does not say, ``told_at`` is when it said so, ``asked_at`` when we last asked.
    """

    post_id: int
    options: tuple[Option, ...]
    multiple: bool = False
    hide_totals: bool = False
    ends_at: datetime | None = None
    voters: int | None = None
    told_at: datetime | None = None
    asked_at: datetime | None = None
    ended: bool = False

    @property
    def shape(self) -> tuple[bool, tuple[str, ...]]:
        """What cannot change without making the votes worthless."""
        return self.multiple, tuple(option.name for option in self.options)
