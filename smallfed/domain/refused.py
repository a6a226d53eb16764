"""Refused: a decision not to do what was asked, with the reason."""

from msgspec import Struct


class Refused(Struct, frozen=True):
    """Nothing was changed. ``reason`` is a sentence for the owner's eyes, kept with what was refused."""

    reason: str
