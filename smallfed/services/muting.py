"""Muting: what the owner does not want to read. Nobody is told."""

from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.events import AccountMuted
from smallfed.domain.post import Post
from smallfed.errors import Forbidden
from smallfed.services.boosting import original
from smallfed.store import houses, mutes, posts
from smallfed.store.tx import Tx


def mute(tx: Tx, target: Account, *, notifications: bool = True, duration: timedelta | None = None) -> None:
    """Mute ``target``, with their notifications or without, for ever or for a while; again, that is changed."""
    if target.local:
        raise Forbidden("You cannot mute yourself.")
    expires_at = None if duration is None else tx.now + duration
    mutes.put(tx, target.id, notifications=notifications, expires_at=expires_at)
    tx.announce(AccountMuted(target=target.id))


def unmute(tx: Tx, target: Account) -> None:
    """Mute ``target`` no longer; nothing happens when they are not muted."""
    if mutes.drop(tx, target.id):
        tx.announce(AccountMuted(target=target.id))


def mute_thread(tx: Tx, post: Post) -> Post:
    """Have no more notifications from the thread of ``post`` (or of what it wraps), and return the post."""
    post = posts.get_visible(tx, original(tx, post).id, houses.owner_id(tx))
    mutes.put_thread(tx, post.id)
    return post


def unmute_thread(tx: Tx, post: Post) -> Post:
    """Have notifications from the thread of ``post`` (or of what it wraps) again, and return the post."""
    post = original(tx, post)
    mutes.drop_thread(tx, post.id)
    return post
