"""Pinning: which posts a profile shows first; others find the owner's in the featured collection.

Spec: CLIENT_API §5 (pin, unpin), PROTOCOL §1.4 (featured), §4.2 (Add, Remove), §4.6.
"""

from collections.abc import Collection

from smallfed.domain.account import Account
from smallfed.domain.events import PostPinned, PostUnpinned
from smallfed.domain.incoming import Add, Remove
from smallfed.domain.need import Need
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid
from smallfed.policy import authority
from smallfed.services.boosting import original
from smallfed.store import accounts, blocks, bookmarks, houses, posts
from smallfed.store.tx import Tx

MOST = 20  # as many as the collection shows, and as many as we keep of anybody


def pin(tx: Tx, post: Post) -> Post:
    """Pin a post of the owner and return it; Invalid for what cannot be pinned. A second time nothing happens."""
    owner = houses.owner_id(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner)
    if not post.local:
        raise Invalid("Validation failed: Someone else's post cannot be pinned")
    if post.visibility is Visibility.DIRECT:
        raise Invalid("Validation failed: Posts that are only visible to mentioned users cannot be pinned")
    pinned = bookmarks.pins(tx, owner)
    if len(pinned) >= MOST and post.id not in pinned:
        raise Invalid(f"Validation failed: You have already pinned the maximum number of posts ({MOST})")
    if bookmarks.put_pin(tx, post.id):
        tx.announce(PostPinned(post=post.id))
    return post


def unpin(tx: Tx, post: Post) -> Post:
    """Pin a post of the owner no longer, and return it; nothing happens when it is not pinned."""
    post = original(tx, post)
    if post.local and bookmarks.drop_pin(tx, post.id):
        tx.announce(PostUnpinned(post=post.id))
    return post


def receive_pin(tx: Tx, add: Add) -> Post | Need | Refused:
    """Note that somebody shows a post of their own first."""
    account = _shows(tx, add)
    if isinstance(account, Refused):
        return account
    if blocks.has(tx, houses.owner_id(tx), account.id):
        return Refused("The owner blocks its actor.")
    if len(bookmarks.pins(tx, account.id)) >= MOST:
        return Refused(f"Its actor shows {MOST} posts first already.")
    post = posts.find_uri(tx, add.object)
    if post is None:
        return authority.may_write(account, add.object) or Need(add.object)
    if not _pinnable(post, account.id):
        return Refused("It is no post of its actor.")
    bookmarks.put_pin(tx, post.id)
    return post


def receive_unpin(tx: Tx, remove: Remove) -> Post | Refused:
    """Note that somebody no longer shows a post first."""
    account = _shows(tx, remove)
    if isinstance(account, Refused):
        return account
    post = posts.find_uri(tx, remove.object)
    if post is None or not _pinnable(post, account.id):
        return Refused("We know no such post of its actor.")
    bookmarks.drop_pin(tx, post.id)
    return post


def _shows(tx: Tx, activity: Add | Remove) -> Account | Refused:
    """Return the actor when it is its own ``featured`` that changes. Strangers show nobody here anything."""
    account = accounts.find_uri(tx, activity.actor)
    if account is None or account.local:
        return Refused("It is about a profile that we do not know.")
    if account.featured is None or activity.target != account.featured:
        return Refused("It is not about what its actor shows first.")
    return account


def _pinnable(post: Post, account: int) -> bool:
    return post.account_id == account and post.boost_of_id is None


def replace(tx: Tx, account: int, pinned: Collection[int]) -> None:
    """Note all that somebody of another server shows first; posts that are not theirs are left out."""
    theirs = {post.id for post in posts.several(tx, pinned).values() if _pinnable(post, account)}
    for post in set(bookmarks.pins(tx, account)) - theirs:
        bookmarks.drop_pin(tx, post)
    for post in theirs:
        bookmarks.put_pin(tx, post)
    accounts.change(tx, account, featured_at=tx.now)
