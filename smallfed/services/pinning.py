"""Pinning: which posts a profile shows first; others find the owner's in the featured collection.

A group shows posts by others first: what is pinned there is the boost by which it shows one.

Spec: CLIENT_API §5 (pin, unpin), PROTOCOL §1.4 (featured), §4.2 (Add, Remove), §§4.6, 4.8.
"""

from collections.abc import Collection

from smallfed.domain.account import Account, Kind
from smallfed.domain.events import FetchQueued, PostPinned, PostUnpinned
from smallfed.domain.incoming import Add, Remove
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid
from smallfed.policy import authority
from smallfed.services import boosting, grouping
from smallfed.services.boosting import original
from smallfed.store import accounts, blocks, bookmarks, fetches, houses, posts
from smallfed.store.tx import Tx

MOST = 20  # as many as the collection shows, and as many as we keep of anybody


def pin(tx: Tx, post: Post) -> Post:
    """Pin a post of the owner and return it; Invalid for what cannot be pinned, or is pinned already."""
    owner = houses.owner_id(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner)
    if not post.local:
        raise Invalid("Validation failed: Someone else's post cannot be pinned")
    if post.visibility is Visibility.DIRECT:
        raise Invalid("Validation failed: Posts that are only visible to mentioned users cannot be pinned")
    if post.visibility is Visibility.LOCAL:
        raise Invalid("Validation failed: Posts that only you can see cannot be pinned")
    pinned = bookmarks.pins(tx, owner)
    if post.id in pinned:
        raise Invalid("Validation failed: This post is pinned already")
    if len(pinned) >= MOST:
        raise Invalid(f"Validation failed: You have already pinned the maximum number of posts ({MOST})")
    bookmarks.put_pin(tx, post.id)
    tx.announce(PostPinned(post=post.id))
    return post


def unpin(tx: Tx, post: Post) -> Post:
    """Pin a post of the owner no longer, and return it; nothing happens when it is not pinned."""
    post = original(tx, post)
    if post.local and bookmarks.drop_pin(tx, post.id):
        tx.announce(PostUnpinned(post=post.id))
    return post


def receive_pin(tx: Tx, add: Add) -> Post | Need | Refused:
    """Note that somebody shows a post first: one of their own, or a group one that was made in it."""
    account = _shows(tx, add)
    return account if isinstance(account, Refused) else _pin(tx, account, add)


def receive_unpin(tx: Tx, remove: Remove) -> Post | Refused:
    """Note that somebody no longer shows a post first."""
    account = _shows(tx, remove)
    return account if isinstance(account, Refused) else _unpin(tx, account, remove)


def change(tx: Tx, group: Account, change: Add | Remove) -> Post | Refused:
    """Note what a moderator lets ``group`` show first, or no longer. That it is one is *not* checked here."""
    if isinstance(change, Remove):
        return _unpin(tx, group, change)
    outcome = _pin(tx, group, change)
    if not isinstance(outcome, Need):
        return outcome
    if fetches.put(tx, group.uri, kind="featured"):
        tx.announce(FetchQueued())
    return Refused("The group shows a post first that we do not have: all that it shows first is read anew.")


def _pin(tx: Tx, account: Account, add: Add) -> Post | Need | Refused:
    if blocks.has(tx, houses.owner_id(tx), account.id):
        return Refused("The owner blocks its actor.")
    if len(bookmarks.pins(tx, account.id)) >= MOST:
        return Refused(f"Its actor shows {MOST} posts first already.")
    post = posts.find_uri(tx, add.object)
    if post is None:
        return _may_show(account, add.object) or Need(add.object)
    shown = _shown(tx, account, post)
    if isinstance(shown, Post):
        bookmarks.put_pin(tx, shown.id)
    return shown


def _may_show(account: Account, uri: str) -> Refused | None:
    """Judge whether what we lack may be shown first: what is made in a group lives anywhere."""
    return None if account.kind is Kind.GROUP else authority.may_write(account, uri)


def _unpin(tx: Tx, account: Account, remove: Remove) -> Post | Refused:
    post = posts.find_uri(tx, remove.object)
    shown = post if post is None or _is_own(post, account) else posts.find_boost(tx, post.id, account.id)
    if shown is None or (account.kind is not Kind.GROUP and shown is not post):
        return Refused("We know no such post of its actor.")
    bookmarks.drop_pin(tx, shown.id)
    return shown


def _shows(tx: Tx, activity: Add | Remove) -> Account | Refused:
    """Return the actor when it is its own ``featured`` that changes. Strangers show nobody here anything."""
    account = accounts.find_uri(tx, activity.actor)
    if account is None or account.local:
        return Refused("It is about a profile that we do not know.")
    if account.featured is None or activity.target != account.featured:
        return Refused("It is not about what its actor shows first.")
    return account


def _is_own(post: Post, account: Account) -> bool:
    return post.account_id == account.id and post.boost_of_id is None


def _shown(tx: Tx, account: Account, post: Post) -> Post | Refused:
    """Return what stands first on a profile: the post itself, or the boost by which a group shows it."""
    if _is_own(post, account):
        return post
    announce = grouping.announcement(account, post) if account.kind is Kind.GROUP else None
    if announce is None or post.boost_of_id is not None:
        return Refused("It is no post of its actor.")
    boost = boosting.receive_boost(tx, announce, fresh=False, dated=True)
    return Refused(f"{boost.uri} is not here.") if isinstance(boost, Need) else boost


def replace(tx: Tx, account: int, pinned: Collection[int]) -> None:
    """Note all that somebody of another server shows first; what is not theirs to show is left out."""
    known = accounts.get(tx, account)
    shown = [_shown(tx, known, post) for post in posts.several(tx, pinned).values()]
    theirs = {post.id for post in shown if isinstance(post, Post)}
    for post in set(bookmarks.pins(tx, account)) - theirs:
        bookmarks.drop_pin(tx, post)
    for post in theirs:
        bookmarks.put_pin(tx, post)
    accounts.change(tx, account, featured_at=tx.now)
