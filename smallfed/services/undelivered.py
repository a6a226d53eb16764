"""Undelivered: to whom a post of ours was not sent, and why. What waits to be sent is in `smallfed queue`."""

from datetime import datetime

from smallfed.domain.post import Post
from smallfed.store import backlog, frozen_follows
from smallfed.store.tx import Tx


def of_post(tx: Tx, post: Post, limit: int) -> list[tuple[str, str, datetime | None]]:
    """Return (where it did not get, why, when), at most ``limit`` of each kind; nothing for a post of others."""
    if not post.local:
        return []
    hosts = frozen_follows.hosts_of_followers(tx, limit)
    failed = [one for one in backlog.about(tx, post.id) if one.state in ("failed", "dropped")]
    return [
        *(
            (f"delivery to {one.inbox}", f"{one.type} {one.state}: {one.answer}", one.answered_at)
            for one in failed[:limit]
        ),
        *((f"delivery to {name}", "none, while it is blocked", None) for name in hosts),
    ]
