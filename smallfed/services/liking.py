"""Liking: favourites of the owner, and others' likes of the owner's posts.

Spec: PROTOCOL §4.2 (Like, Undo), SAFETY rules 14 and 15.
"""

from smallfed.domain.account import Account
from smallfed.domain.events import LikeUndone, PostLiked
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.services.boosting import original
from smallfed.store import blocks, domain_blocks, houses, ids, likes, notifications, posts, tombstones
from smallfed.store.likes import Like
from smallfed.store.tx import Tx


def like(tx: Tx, post: Post) -> Post:
    """Like a post (or what it wraps) and return it; NotFound when the owner may not see it."""
    owner = houses.owner_id(tx)
    post = posts.get_visible(tx, original(tx, post).id, owner)
    if likes.find(tx, owner, post.id) is None:
        number = ids.fresh(tx, "likes")
        _put(tx, number, owner, post, houses.get(tx).thing("likes", number), local=True)
    return post


def unlike(tx: Tx, post: Post) -> Post:
    """Take the owner's like of a post (or of what it wraps) back, if there is one, and return the post."""
    post = original(tx, post)
    known = likes.find(tx, houses.owner_id(tx), post.id)
    if known is not None:
        _take_back(tx, known, local=True)
    return post


def receive_like(tx: Tx, account: Account, post: Post, uri: str | None) -> Refused | None:
    """Store that somebody else likes a post of ours, once; ``uri`` is the id of the Like."""
    if not post.local or post.boost_of_id is not None:
        return Refused("It is not a post of ours.")
    if account.local or blocks.has(tx, post.account_id, account.id) or domain_blocks.covers_account(tx, account.id):
        return Refused(f"{account.handle} is blocked.")
    if posts.find_visible(tx, post.id, account.id) is None:
        return Refused(f"{account.handle} may not see the post.")
    if tombstones.swallow(tx, account.uri, uri):
        return Refused("It was undone before it came.")
    if likes.find(tx, account.id, post.id) is None:
        _put(tx, ids.fresh(tx, "likes"), account.id, post, uri, local=False)
    return None


def undo_like(tx: Tx, account: Account, *, uri: str | None, object: str | None) -> bool:  # noqa: A002
    """Take a like by ``account`` back, found by its ``uri``, else by the post that it is of; False: there is none."""
    known = None if uri is None else likes.find_uri(tx, uri)
    if known is None and object is not None:
        post = posts.find_uri(tx, object)
        known = None if post is None else likes.find(tx, account.id, post.id)
    if known is None or known.account_id != account.id:
        return False
    _take_back(tx, known, local=False)
    return True


def _put(tx: Tx, number: int, account: int, post: Post, uri: str | None, *, local: bool) -> None:
    likes.put(tx, Like(id=number, account_id=account, post_id=post.id, uri=uri, created_at=tx.now))
    tx.announce(PostLiked(like=number, account=account, post=post.id, local=local))


def _take_back(tx: Tx, known: Like, *, local: bool) -> None:
    likes.drop(tx, known.id)
    notifications.drop_of(tx, known.account_id, "favourite", known.post_id)
    tx.announce(LikeUndone(uri=known.uri or "", account=known.account_id, post=known.post_id, local=local))
