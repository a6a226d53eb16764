"""Grouping: what is made in groups that the owner follows comes as the group shows it, once, and not as a flood.

A group's posts stand in the home timeline as boosts by the group, as apps know it from Mastodon; its comments only in
the threads that we hold. What a group hands over is nobody's word but the group's: see ``inbox/announced``.

Spec: FEP-1b12; PROTOCOL §4.8.
"""

from collections.abc import Collection

from msgspec import structs

from smallfed.domain.account import Account, Kind
from smallfed.domain.incoming import Announce, IncomingPost, Like, Undo
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy import grouping, visibility
from smallfed.services import boosting
from smallfed.store import accounts, follows, houses, posts, tombstones
from smallfed.store.tx import Tx


def find_followed(tx: Tx, uri: str | None) -> Account | None:
    """Return the group of this id, if it is one that the owner follows."""
    group = None if uri is None else accounts.find_uri(tx, uri)
    if group is None or group.kind is not Kind.GROUP or not follows.has(tx, houses.owner_id(tx), group.id):
        return None
    return group


def find_home(tx: Tx, post: Post) -> Account | None:
    """Return the group that an open post was made in, as far as we know it: what is done to the post, it is told."""
    group = None if post.audience is None else accounts.find_uri(tx, post.audience)
    if group is None or group.kind is not Kind.GROUP or group.gone_at is not None:
        return None
    return group if post.visibility.is_open else None


def choose(tx: Tx, parent: Post | None, mentioned: Collection[int]) -> str | None:
    """Return the group that a post of the owner is made in: that of what it answers, else the first it names."""
    inherited = None if parent is None else find_home(tx, parent)
    if inherited is not None:
        return inherited.uri
    known = accounts.several(tx, mentioned)
    return next((known[one].uri for one in mentioned if one in known and known[one].kind is Kind.GROUP), None)


def belongs(post: IncomingPost, parent: Post | None, group: Account) -> bool:
    """Whether what ``group`` shows is worth keeping: a new thread, or an answer in one of its own that we hold."""
    if parent is None:
        return post.in_reply_to is None
    return parent.audience == group.uri or grouping.is_made_in(post, group)


def group_of(post: IncomingPost, parent: Post | None, shown_by: Account | None = None) -> str | None:
    """Return the group that a post is made in: the one it says, the one it names that shows it, that of the thread."""
    if post.audience is None and shown_by is not None and grouping.is_made_in(post, shown_by):
        return shown_by.uri
    return post.audience or (None if parent is None else parent.audience)


def was_removed(tx: Tx, post: IncomingPost, parent: Post | None) -> bool:
    """Whether moderators of its group had removed a post before it came."""
    group = group_of(post, parent)
    return group is not None and tombstones.has(tx, post.uri, group)


def show(tx: Tx, group: Account, post: Post, *, dated: bool = False) -> None:
    """Let ``group`` show what begins a thread in it, if it does not yet; ``dated``: since it was published."""
    announce = announcement(group, post)
    if announce is not None:
        announce = announce if dated else structs.replace(announce, published_at=None)
        boosting.receive_boost(tx, announce, dated=dated)


def announcement(group: Account, post: Post) -> Announce | None:
    """Return what ``group`` says by showing ``post``; None for what begins no thread, or was removed from it."""
    if post.in_reply_to is not None or post.removed:
        return None
    public = tuple(visibility.PUBLIC)
    return Announce(id=None, actor=group.uri, object=post.uri, to=public, published_at=post.published_at)


def count(tx: Tx, group: Account, vote: Like | Undo) -> Refused | None:
    """Add a vote that ``group`` tells of to what is claimed about a post in it, or take one off.

    Nobody is asked about it, and nothing is kept of who it was: it is a number by the word of the group.
    """
    post = posts.find_url(tx, vote.object or "")
    if post is None:
        return Refused("It is about a post that we do not have.")
    if post.local:
        return Refused("It is a vote by somebody unknown; of our own posts only what is verified counts.")
    refused = grouping.hosts(group, post)
    if refused is not None:
        return refused
    if isinstance(vote, Like) and not vote.reaction.favours:
        return Refused("Votes against a post are not counted here.")
    posts.claim_likes(tx, post.id, 1 if isinstance(vote, Like) else -1)
    return None
