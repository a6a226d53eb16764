"""What stands in somebody's outbox → what they state by it, as if they had sent it.

Spec: ActivityPub §5.1; FEP-1b12; PROTOCOL §§4.8, 4.14.
"""

from datetime import datetime

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Announce, Create, Handed, Incoming, Shown
from smallfed.protocol.jsonld import Document
from smallfed.translate import inward

Said = Create | Announce | Shown


def read(thing: Document, account: Account) -> Incoming | None:
    """Return what ``account`` states by ``thing``, an activity or a bare post; None where somebody else states it.

    Handed is what a group shows that others did in it, wrapped by the group or not. SmallfedError when it makes no
    sense. Whether to believe it is decided elsewhere.
    """
    match inward.kind_of(thing):
        case "post":
            post = inward.post(thing)
            stated: Incoming = Create(id=None, actor=account.uri, post=post)
            if account.kind is Kind.GROUP and post.author != account.uri:
                return _handed(account, Create(id=None, actor=post.author, post=post), thing)
            return stated
        case "activity":
            stated = inward.meaning(thing)
            if stated.actor == account.uri:
                return stated if account.kind is Kind.GROUP or not isinstance(stated, Handed) else None
            return _handed(account, stated, thing) if account.kind is Kind.GROUP else None
        case _:
            return None


def _handed(group: Account, stated: Incoming, thing: Document) -> Incoming | None:
    """Return what stands unwrapped in the outbox of ``group``; what another group wraps has no meaning here."""
    if isinstance(stated, Handed):
        return None
    return Handed(id=None, actor=group.uri, wrapped=True, activity=stated, document=thing.encode())


def published(said: Said) -> datetime | None:
    """Return when something was said, by its own word."""
    return said.published_at if isinstance(said, Announce) else said.post.published_at
