"""Activities between two: who follows whom, who keeps away, who has moved."""

from msgspec import Struct

from smallfed.domain.incoming.activity import Incoming


class Follow(Incoming, frozen=True, kw_only=True):
    """``actor`` wants to follow ``object``."""

    object: str


class FollowReference(Struct, frozen=True, kw_only=True):
    """A Follow as it is named inside Accept, Reject or Undo: any part may be missing."""

    id: str | None = None
    actor: str | None = None
    object: str | None = None


class Accept(Incoming, frozen=True, kw_only=True):
    """``actor`` lets somebody follow, or do what else was asked.

    ``kind`` is the type of what is answered, None for a Follow, and where only its id came; ``instrument`` is what was
    asked for, ``result`` what proves the consent.
    """

    follow: FollowReference
    kind: str | None = None
    instrument: str | None = None
    result: str | None = None


class Reject(Incoming, frozen=True, kw_only=True):
    """``actor`` does not let somebody follow, or do what else was asked, or not any more."""

    follow: FollowReference
    kind: str | None = None
    instrument: str | None = None


class Undo(Incoming, frozen=True, kw_only=True):
    """``actor`` takes something back. ``kind`` is the type of what is undone, None where only its id came.

    ``emoji`` is that of a reaction (kind Like), "" where it is not said. ``target`` is set for a ban from a group (kind
    Block); ``restores``: what it took away comes back.
    """

    undone: str | None = None
    kind: str | None = None
    object: str | None = None
    target: str | None = None
    restores: bool = False
    emoji: str = ""


class Block(Incoming, frozen=True, kw_only=True):
    """``actor`` blocks ``object``. ``target`` is set for a ban from a group, which is no personal block.

    ``sweeps``: what was written in that group goes with it.
    """

    object: str
    target: str | None = None
    sweeps: bool = False


class Move(Incoming, frozen=True, kw_only=True):
    """``object`` has moved to ``target``; ``actor`` is the one or (FEP-7628, pull) the other."""

    object: str
    target: str
