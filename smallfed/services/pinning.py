"""Pinning: which posts the owner's profile shows first; others find them in the featured collection.

Spec: CLIENT_API §5 (pin, unpin), PROTOCOL §1.4 (featured).
"""

from smallfed.domain.post import Post, Visibility
from smallfed.errors import Invalid
from smallfed.services.boosting import original
from smallfed.store import bookmarks, houses, posts
from smallfed.store.tx import Tx

MOST = 20  # as many as the collection shows


def pin(tx: Tx, post: Post) -> Post:
    """Pin a post of the owner and return it; Invalid for what cannot be pinned. A second time nothing happens."""
    post = posts.get_visible(tx, original(tx, post).id, houses.owner_id(tx))
    if not post.local:
        raise Invalid("Validation failed: Someone else's post cannot be pinned")
    if post.visibility is Visibility.DIRECT:
        raise Invalid("Validation failed: Posts that are only visible to mentioned users cannot be pinned")
    pinned = bookmarks.pins(tx)
    if len(pinned) >= MOST and post.id not in pinned:
        raise Invalid(f"Validation failed: You have already pinned the maximum number of posts ({MOST})")
    bookmarks.put_pin(tx, post.id)
    return post


def unpin(tx: Tx, post: Post) -> Post:
    """Pin a post no longer, and return it; nothing happens when it is not pinned."""
    post = original(tx, post)
    bookmarks.drop_pin(tx, post.id)
    return post
