"""Governing: what the moderators of a group decide about what is made in it, by the word of the group.

What they remove is hidden, not deleted: it is not their post, and they may take it back. What is not here yet is
remembered, in case it comes late.

Spec: FEP-1b12 (moderation); PROTOCOL §§4.2, 4.6, 4.8.
"""

from datetime import datetime

from smallfed.domain.account import Account, Kind
from smallfed.domain.events import FetchQueued, PostDeleted
from smallfed.domain.incoming import Add, Block, Delete, Incoming, Lock, Remove, Undo
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy.grouping import hosts, may_moderate
from smallfed.services import boosting, grouping, pinning
from smallfed.store import accounts, fetches, moderators, posts, tombstones
from smallfed.store.tx import Tx

MODERATORS = 200  # of one group
SWEPT = 100  # posts of somebody banned that go as if each was deleted; older ones are only hidden


def is_ruling(tx: Tx, group: Account, activity: Incoming) -> bool:
    """Whether ``activity`` is one that only moderators can mean."""
    match activity:
        case Delete(object=uri, actor=actor):
            post = posts.find_uri(tx, uri)
            if post is None:
                return _refused(tx, group, actor) is None
            return post.audience == group.uri and accounts.get(tx, post.account_id).uri != actor
        case Undo(kind="Delete", object=uri):
            return uri is not None and tombstones.has(tx, uri, group.uri)
        case Undo(kind="Block", target=target):
            return target in (None, group.uri)
        case Undo(kind=kind):
            return kind == "Lock"
        case Block(target=target):
            return target == group.uri
        case Add(target=target) | Remove(target=target):
            return target in (group.moderators, group.featured)
        case _:
            return isinstance(activity, Lock)


def rule(tx: Tx, group: Account, activity: Incoming) -> Refused | None:
    """Carry out what a moderator of ``group`` has decided (see ``is_ruling``), if it is one who decides it."""
    refused = _refused(tx, group, activity.actor)
    if refused is not None:
        return refused
    match activity:
        case Delete(object=uri):
            return _remove(tx, group, uri)
        case Undo(kind="Delete", object=str(uri)):
            return _restore(tx, group, uri)
        case Block(object=uri, sweeps=sweeps):
            return _ban(tx, group, uri, sweeps=sweeps)
        case Undo(kind="Block", object=str(uri), restores=True):
            return _unban(tx, group, uri)
        case Lock(object=uri):
            return _lock(tx, group, uri, locked=True)
        case Undo(kind="Lock", object=str(uri)):
            return _lock(tx, group, uri, locked=False)
        case Add() | Remove():
            return _list(tx, group, activity)
        case _:
            return Refused("It changes nothing that is shown here.")


def _refused(tx: Tx, group: Account, actor: str) -> Refused | None:
    return may_moderate(group, actor, moderators.of_group(tx, group.id))


def may_be_new(tx: Tx, group: Account, actor: str, since: datetime) -> bool:
    """Whether ``actor`` may moderate ``group`` without our knowing: the group was not asked since then who does."""
    is_old = group.moderated_at is None or group.moderated_at < since
    return is_old and group.moderators is not None and _refused(tx, group, actor) is not None


def ask_who_moderates(tx: Tx, group: Account) -> None:
    """Let the group's own list be read soon."""
    if group.kind is Kind.GROUP and group.moderators is not None and fetches.put(tx, group.uri, kind="moderators"):
        tx.announce(FetchQueued())


def _list(tx: Tx, group: Account, change: Add | Remove) -> Refused | None:
    """Let somebody moderate, or no longer; or let the group show a post first, or no longer."""
    if change.target == group.moderators:
        return _appoint(tx, group, change)
    outcome = pinning.change(tx, group, change)
    return outcome if isinstance(outcome, Refused) else None


def _appoint(tx: Tx, group: Account, change: Add | Remove) -> Refused | None:
    if isinstance(change, Remove):
        moderators.drop(tx, group.id, change.object)
    elif len(moderators.of_group(tx, group.id)) >= MODERATORS:
        return Refused(f"It has {MODERATORS} moderators already.")
    else:
        moderators.put(tx, group.id, change.object)
    return None


def appoint(tx: Tx, group: str, uris: list[str]) -> None:
    """Note who all moderates the group of this id, by its own word."""
    known = accounts.find_uri(tx, group)
    if known is not None:
        moderators.replace(tx, known.id, uris)
        accounts.change(tx, known.id, moderated_at=tx.now)


def _remove(tx: Tx, group: Account, uri: str) -> Refused | None:
    post = posts.find_uri(tx, uri)
    if post is None:
        tombstones.put(tx, uri, group.uri)
        return None
    refused = hosts(group, post)
    if refused is None:
        _hide(tx, group, post)
    return refused


def _hide(tx: Tx, group: Account, post: Post) -> None:
    """Take a post out of its group. One of ours stays on our own pages: there only its author decides."""
    shown = posts.find_boost(tx, post.id, group.id)
    if shown is not None:
        boosting.take_back(tx, shown)
    if post.local or post.removed:
        return
    tombstones.put(tx, post.uri, group.uri)
    posts.change(tx, post.id, removed=True)
    tx.announce(PostDeleted(post=post.id, uri=post.uri, local=False, account=post.account_id))


def _restore(tx: Tx, group: Account, uri: str) -> Refused | None:
    tombstones.drop(tx, uri, group.uri)
    post = posts.find_uri(tx, uri)
    if post is None or not post.removed:
        return Refused("It brings nothing back that had been removed here.")
    refused = hosts(group, post)
    if refused is None:
        posts.change(tx, post.id, removed=False)
        grouping.show(tx, group, posts.get(tx, post.id), dated=True)
    return refused


def _ban(tx: Tx, group: Account, uri: str, *, sweeps: bool) -> Refused | None:
    account = accounts.find_uri(tx, uri)
    if account is None or not sweeps:
        return Refused("It bans somebody from a group, which changes nothing here.")
    for post in posts.made_in(tx, group.uri, account.id, limit=SWEPT):
        _hide(tx, group, post)
    if not account.local:
        posts.hide_made_in(tx, group.uri, account.id)
    return None


def _unban(tx: Tx, group: Account, uri: str) -> Refused | None:
    """Bring back what was hidden of somebody in a group; the newest stands where it stood before."""
    account = accounts.find_uri(tx, uri)
    if account is None or account.local:
        return Refused("It lets somebody into a group again, which changes nothing here.")
    hidden = posts.made_in(tx, group.uri, account.id, limit=SWEPT, removed=True)
    posts.restore_made_in(tx, group.uri, account.id)
    for post in hidden:
        grouping.show(tx, group, posts.get(tx, post.id), dated=True)
    return None


def _lock(tx: Tx, group: Account, uri: str, *, locked: bool) -> Refused | None:
    post = posts.find_uri(tx, uri)
    if post is None:
        return Refused("It is about a thread that we do not have.")
    refused = hosts(group, post)
    if refused is None:
        posts.change(tx, post.id, locked=locked)
    return refused
