"""Undoing: somebody takes back what they did; what exactly, is found by its id, else by its kind and object.

Spec: PROTOCOL §4.2 (Undo), §4.5: what is not found is remembered for some hours, in case it comes late.
"""

from smallfed.domain.account import Account
from smallfed.domain.incoming import FollowReference, Undo
from smallfed.domain.refused import Refused
from smallfed.services import admitting, blocking, boosting, consenting, following, liking
from smallfed.store import accounts, blocks, follows, inbound, likes, posts, tombstones
from smallfed.store.tx import Tx


def undo(tx: Tx, undo: Undo) -> Refused | None:
    """Take back what ``undo`` means. Only its own actor's doings are found, so nobody undoes another's."""
    account = accounts.find_uri(tx, undo.actor)
    if account is None:
        return _remember(tx, undo)
    kind = undo.kind or _kind(tx, undo.undone)
    match kind:
        case "Follow":
            found = undo.object in (None, accounts.owner(tx).uri) and admitting.lose(tx, account)
        case "Like":
            found = liking.undo_like(tx, account, uri=undo.undone, object=undo.object, emoji=undo.emoji)
        case "Announce":
            found = boosting.undo_boost(tx, account, uri=undo.undone, object=undo.object)
        case "FeatureRequest":
            found = undo.undone is not None and consenting.forget(tx, undo.actor, undo.undone)
        case "Block":
            found = blocking.unblocked_by(tx, account)
        case "Accept":
            return _unaccept(tx, account)
        case _:
            found = False
    if not found:
        return _remember(tx, undo)
    if undo.undone is not None and not inbound.heard(tx, undo.actor, undo.undone):
        tombstones.put_undone(tx, undo.actor, undo.undone)  # it came by other hands, and could do so again
    return None


def _kind(tx: Tx, uri: str | None) -> str | None:
    """Return what was done with the activity ``uri``, by what we stored of it."""
    if uri is None:
        return None
    if follows.find_uri(tx, uri) is not None:
        return "Follow"
    if likes.find_uri(tx, uri) is not None:
        return "Like"
    if blocks.find_uri(tx, uri) is not None:
        return "Block"
    post = posts.find_uri(tx, uri)
    return None if post is None or post.boost_of_id is None else "Announce"


def _unaccept(tx: Tx, account: Account) -> Refused | None:
    """An Accept taken back means what a Reject means."""
    reference = FollowReference(actor=accounts.owner(tx).uri, object=account.uri)
    return following.denied(tx, account, reference)


def _remember(tx: Tx, undo: Undo) -> Refused:
    if undo.undone is not None:
        tombstones.put_undone(tx, undo.actor, undo.undone)
    return Refused("There is nothing here that it could take back.")
