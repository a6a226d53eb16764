"""Bookmarking: what the owner wants to find again, for no eyes but the owner's."""

from smallfed.domain.events import PostBookmarked
from smallfed.domain.post import Post
from smallfed.services import indexing
from smallfed.services.boosting import original
from smallfed.store import bookmarks, houses, posts
from smallfed.store.tx import Tx


def bookmark(tx: Tx, post: Post) -> Post:
    """Bookmark a post (or what it wraps) and return it; NotFound when the owner may not see it."""
    post = posts.get_visible(tx, original(tx, post).id, houses.owner_id(tx))
    if bookmarks.put(tx, post.id):
        tx.announce(PostBookmarked(post=post.id))
    indexing.index(tx, post.id)
    return post


def unbookmark(tx: Tx, post: Post) -> Post:
    """Remove the bookmark of a post (or of what it wraps), if there is one, and return the post."""
    post = original(tx, post)
    if bookmarks.drop(tx, post.id):
        indexing.index(tx, post.id)
    return post
