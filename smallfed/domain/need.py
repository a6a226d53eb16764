"""Need: a decision that cannot be made yet, because a fact is missing."""

from msgspec import Struct


class Need(Struct, frozen=True):
    """``uri`` must be fetched before the question can be answered; ask again afterwards.

    ``fresh``: it is an actor, and what is known of it already is not enough, however young.
    Whoever returns it has changed nothing: the database rolls back the part of a call that returns ``Need``.
    """

    uri: str
    fresh: bool = False
