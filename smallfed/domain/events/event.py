"""What all events are."""

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True):
    """Something that has happened to the facts."""
