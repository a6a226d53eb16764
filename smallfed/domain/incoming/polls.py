"""What a Question lets people choose from."""

from datetime import datetime

from msgspec import Struct


class IncomingOption(Struct, frozen=True, kw_only=True):
    """A choice in a poll: ``name`` as written, ``title`` as plain text; ``votes`` is None where it does not say."""

    name: str
    title: str
    votes: int | None = None


class IncomingPoll(Struct, frozen=True, kw_only=True):
    """What a Question lets people choose from. ``closed``: it says that it has ended, but not when."""

    options: tuple[IncomingOption, ...]
    multiple: bool = False
    ends_at: datetime | None = None
    closed: bool = False
    voters: int | None = None

    @property
    def shape(self) -> tuple[bool, tuple[str, ...]]:
        """What cannot change without making the votes worthless."""
        return self.multiple, tuple(option.name for option in self.options)
