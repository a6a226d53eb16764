"""Deadlines: what is to be done about polls, and when. Rows, so that a restart forgets none."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

Kind = Literal["tally", "end"]
"""``tally``: how it stands is to be told; ``end``: it is over."""


class Deadline(Struct, frozen=True, kw_only=True):
    """One thing that is due about the poll of a post."""

    post_id: int
    kind: Kind


def put(tx: Tx, post: int, kind: Kind, due: datetime) -> None:
    """Set when something is due, instead of another time."""
    tx.run("INSERT OR REPLACE INTO deadlines (post_id, kind, due) VALUES (?, ?, ?)", post, kind, ms(due))


def is_due(tx: Tx, deadline: Deadline) -> bool:
    """Whether it is still due: it may have been put off, or its post deleted."""
    known = "SELECT 1 FROM deadlines WHERE post_id = ? AND kind = ? AND due <= ?"
    return tx.one(known, deadline.post_id, deadline.kind, ms(tx.now)) is not None


def has(tx: Tx, post: int, kind: Kind) -> bool:
    """Whether something is due some time."""
    return tx.one("SELECT 1 FROM deadlines WHERE post_id = ? AND kind = ?", post, kind) is not None


def next_due(tx: Tx) -> datetime | None:
    """Return when the next thing is due, None when there is none."""
    due: int | None = tx.one("SELECT min(due) FROM deadlines")[0]
    return moment(due)


def first(tx: Tx) -> Deadline | None:
    """Return what has been due for longest, None when nothing is."""
    row = tx.one("SELECT post_id, kind FROM deadlines WHERE due <= ? ORDER BY due LIMIT 1", ms(tx.now))
    return None if row is None else Deadline(post_id=row[0], kind=row[1])


def drop(tx: Tx, post: int, kind: Kind) -> None:
    """Forget what was due."""
    tx.run("DELETE FROM deadlines WHERE post_id = ? AND kind = ?", post, kind)


def postpone(tx: Tx, deadline: Deadline, delay: timedelta) -> None:
    """Try again later, if it is still there."""
    if has(tx, deadline.post_id, deadline.kind):
        put(tx, deadline.post_id, deadline.kind, tx.now + delay)
