"""That a post quotes another, and what shall prove that it may."""

from msgspec import Struct


class IncomingQuote(Struct, frozen=True, kw_only=True):
    """That a post quotes ``uri``, None where only a tombstone is left of it.

    ``stamp`` is the proof of consent that it names; ``legacy``: written in a form that knows no consent.
    """

    uri: str | None
    stamp: str | None = None
    legacy: bool = False


class IncomingStamp(Struct, frozen=True, kw_only=True):
    """A document that shall prove consent: ``author`` lets ``interacting`` do something with ``target``."""

    id: str | None
    types: tuple[str, ...]
    author: str | None
    interacting: str | None
    target: str | None
