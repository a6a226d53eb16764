"""Notifying: what the owner is told, and what the owner has read.

Spec: CLIENT_API §7, pitfall 27.
"""

from smallfed.domain.events import NotificationMade
from smallfed.domain.post import Post
from smallfed.errors import Invalid
from smallfed.store import blocks, domain_blocks, houses, mutes, notifications
from smallfed.store.notifications import Marker
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

TIMELINES = ("home", "notifications")


def tell(tx: Tx, type_: str, account: int, post: int | None = None) -> None:
    """Tell the owner what ``account`` did, once; never of the owner's own doing, nor of what was muted or blocked."""
    owner = houses.owner_id(tx)
    if account == owner or blocks.either(tx, owner, account) or domain_blocks.covers_account(tx, account):
        return
    mute = mutes.find(tx, account)
    if mute is not None and mute.notifications:
        return
    if post is not None and mutes.quiet(tx, listed([post])):
        return
    _put(tx, type_, account, post)


def _put(tx: Tx, type_: str, account: int, post: int | None) -> None:
    made = notifications.put(tx, type_, account, post)
    if made is not None:
        tx.announce(NotificationMade(notification=made.id))


def tell_end(tx: Tx, post: Post) -> None:
    """Tell the owner that the poll of a post has ended, the owner's own or one in which the owner voted."""
    if post.account_id != houses.owner_id(tx):
        tell(tx, "poll", post.account_id, post.id)
    elif not mutes.quiet(tx, listed([post.id])):
        _put(tx, "poll", post.account_id, post.id)


def dismiss(tx: Tx, notification: int) -> None:
    """Forget a notification; NotFound when there is none."""
    notifications.drop(tx, notifications.get(tx, notification).id)


def clear(tx: Tx) -> None:
    """Forget all notifications."""
    notifications.clear(tx)


def mark(tx: Tx, read: dict[str, int]) -> dict[str, Marker]:
    """Note up to which id the owner has read each timeline, and return the markers; Invalid for unknown timelines."""
    unknown = read.keys() - set(TIMELINES)
    if unknown:
        raise Invalid(f"Markers are kept for home and notifications, not for {', '.join(sorted(unknown))}")
    return {timeline: notifications.mark(tx, timeline, last_read_id) for timeline, last_read_id in read.items()}
