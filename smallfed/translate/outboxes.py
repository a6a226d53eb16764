"""What stands in somebody's outbox → what they state by it, as if they had sent it.

Spec: ActivityPub §5.1; PROTOCOL §4.14.
"""

from datetime import datetime

from smallfed.domain.incoming import Announce, Create, Incoming
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward

Said = Create | Announce


def read(thing: Document, actor: str) -> Incoming | None:
    """Return what ``actor`` states by ``thing``, an activity or a bare post; None where somebody else states it.

    SmallfedError when it makes no sense. Whether to believe it is decided elsewhere.
    """
    match inward.kind_of(thing):
        case "post":
            return Create(id=None, actor=actor, post=inward.post(thing))
        case "activity":
            stated = inward.meaning(thing)
            return stated if stated.actor == actor else None
        case _:
            return None


def published(said: Said) -> datetime | None:
    """Return when something was said, by its own word."""
    return said.post.published_at if isinstance(said, Create) else said.published_at
