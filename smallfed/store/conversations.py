"""Conversations: the books of what was gathered of them, and what there is to begin with.

Spec: PROTOCOL §4.12; RULINGS 18. The rules are in ``policy/conversations``.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from smallfed.domain.post import Post
from smallfed.store import hosts, posts, purges, threads, tombstones
from smallfed.store.moments import moment, ms
from smallfed.store.rows import Shape, listed
from smallfed.store.tx import Tx


class Conversation(Struct, frozen=True, kw_only=True):
    """What became of one look at a conversation. ``uri`` is that of the topmost post that we hold.

    ``found`` posts were new, ``fetched`` requests went to ``hosts`` servers. ``ended`` is None when there was no more,
    else the limit, or the silence, that ended it.
    """

    uri: str
    begun_at: datetime
    opened: bool
    found: int
    fetched: int
    hosts: int
    seconds: float
    ended: str | None


_SHAPE = Shape(Conversation, "conversations")


class Start(Struct, frozen=True, kw_only=True):
    """What we hold of a conversation: the post that is looked at, the topmost one, and all below that.

    ``held`` has the generation of each below ``top``; ``last`` is the latest look; ``resting`` are hosts that have not
    answered for long.
    """

    post: Post
    top: Post
    held: list[tuple[Post, int]]
    last: Conversation | None
    resting: set[str]


def start(tx: Tx, post: int) -> Start | None:
    """Return what we hold around ``post``, or None when that is gone."""
    found = posts.find(tx, post)
    if found is None:
        return None
    top = threads.top(tx, found)
    held, last = threads.below(tx, top.id), find(tx, top.uri)
    return Start(post=found, top=top, held=held, last=last, resting=hosts.resting(tx))


def known(tx: Tx, uris: Collection[str]) -> tuple[dict[str, Post], set[str]]:
    """Return those of ``uris`` that we hold, and those that were deleted."""
    return posts.several_by_uri(tx, uris), tombstones.among(tx, uris)


# Looks --------------------------------------------------------------------------------------------------------------
def put(tx: Tx, look: Conversation) -> None:
    """Write down a look, instead of an earlier one at the same conversation; not of one that was purged meanwhile."""
    tx.run("DELETE FROM conversations WHERE uri = ?", look.uri)
    if not purges.holds(tx, look.uri):
        _SHAPE.insert(tx, look)


def find(tx: Tx, uri: str) -> Conversation | None:
    """Return the latest look at the conversation below ``uri``."""
    row = tx.one(f"SELECT {_SHAPE.columns('c')} FROM conversations c WHERE c.uri = ?", uri)
    return None if row is None else _SHAPE.read(row)


def latest(tx: Tx, limit: int) -> list[Conversation]:
    """Return the latest looks, the latest first."""
    rows = tx.all(f"SELECT {_SHAPE.columns('c')} FROM conversations c ORDER BY c.begun_at DESC LIMIT ?", limit)
    return [_SHAPE.read(row) for row in rows]


# Replies ------------------------------------------------------------------------------------------------------------
def note_read(tx: Tx, post: int) -> None:
    """Note that the replies to ``post``, if we still have it, were read to their end."""
    tx.run(
        "INSERT OR REPLACE INTO replies_read (post_id, read_at) SELECT id, ? FROM posts WHERE id = ?", ms(tx.now), post
    )


def read_at(tx: Tx, wanted: Collection[int]) -> dict[int, datetime]:
    """Return when the replies to those of ``wanted`` were read of which that was ever done."""
    rows = tx.all(
        "SELECT post_id, read_at FROM replies_read WHERE post_id IN (SELECT value FROM json_each(?))", listed(wanted)
    )
    return {post: moment(at) for post, at in rows}


# Spending -----------------------------------------------------------------------------------------------------------
def spend(tx: Tx, day: str, counts: Mapping[str, int]) -> None:
    """Add what was asked of each host on a day (2026-11-23)."""
    for host, count in counts.items():
        tx.run(
            "INSERT INTO conversation_spending (day, host, fetched) VALUES (?, ?, ?)"
            " ON CONFLICT (day, host) DO UPDATE SET fetched = fetched + excluded.fetched",
            day,
            host,
            count,
        )


def spent(tx: Tx, day: str) -> dict[str, int]:
    """Return what was asked of each host on a day, most first."""
    rows = tx.all("SELECT host, fetched FROM conversation_spending WHERE day = ? ORDER BY fetched DESC, host", day)
    return dict(rows)
