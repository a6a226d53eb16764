"""Polls: what can be chosen in posts that ask something, and how it stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from smallfed.domain.poll import Option, Poll
from smallfed.store import visibility
from smallfed.store.moments import moment, ms
from smallfed.store.rows import column, listed
from smallfed.store.tx import Tx

_COLUMNS = frozenset({"hide_totals", "ends_at", "voters", "told_at", "asked_at"})


def find(tx: Tx, post: int) -> Poll | None:
    """Return the poll of a post, or None."""
    return of_posts(tx, listed([post])).get(post)


def of_posts(tx: Tx, posts: str) -> dict[int, Poll]:
    """Return the polls of those of ``posts`` (see ``rows.listed``) that have one."""
    rows = tx.all(
        "SELECT post_id, multiple, hide_totals, ends_at, voters, told_at, asked_at FROM polls"
        " WHERE post_id IN (SELECT value FROM json_each(?))",
        posts,
    )
    options = _options(tx, listed(row[0] for row in rows)) if rows else {}
    return {row[0]: _read(tx, row, options.get(row[0], [])) for row in rows}


def _options(tx: Tx, posts: str) -> dict[int, list[Option]]:
    found: dict[int, list[Option]] = {}
    for post, name, title, votes in tx.all(
        "SELECT post_id, name, title, votes FROM poll_options"
        " WHERE post_id IN (SELECT value FROM json_each(?)) ORDER BY post_id, position",
        posts,
    ):
        found.setdefault(post, []).append(Option(name=name, title=title, votes=votes))
    return found


def _read(tx: Tx, row: Sequence[Any], options: Iterable[Option]) -> Poll:
    post, multiple, hide_totals, ends_at, voters, told_at, asked_at = row
    return Poll(
        post_id=post,
        options=tuple(options),
        multiple=bool(multiple),
        hide_totals=bool(hide_totals),
        ends_at=moment(ends_at),
        voters=voters,
        told_at=moment(told_at),
        asked_at=moment(asked_at),
        ended=ends_at is not None and ends_at <= ms(tx.now),
    )


def titles(tx: Tx, post: int) -> tuple[str, ...]:
    """Return the options of a post's poll as they are shown; none where there is no poll."""
    known = find(tx, post)
    return () if known is None else tuple(option.title for option in known.options)


def put(tx: Tx, poll: Poll) -> None:
    """Store the poll of a post that has none."""
    tx.run(
        "INSERT INTO polls (post_id, multiple, hide_totals, ends_at, voters, told_at, asked_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        poll.post_id,
        poll.multiple,
        poll.hide_totals,
        ms(poll.ends_at),
        poll.voters,
        ms(poll.told_at),
        ms(poll.asked_at),
    )
    for position, option in enumerate(poll.options):
        tx.run(
            "INSERT INTO poll_options (post_id, position, name, title, votes) VALUES (?, ?, ?, ?, ?)",
            poll.post_id,
            position,
            option.name,
            option.title,
            option.votes,
        )


def change(tx: Tx, post: int, **columns: Any) -> None:
    """Change what may change about a poll without making its votes worthless; the values are those of the Struct."""
    if unknown := columns.keys() - _COLUMNS:
        raise KeyError(f"polls have no column {', '.join(sorted(unknown))} that could change")
    sets = ", ".join(f"{name} = ?" for name in columns)
    tx.run(f"UPDATE polls SET {sets} WHERE post_id = ?", *map(column, columns.values()), post)


def tell(tx: Tx, post: int, votes: Sequence[int], *, voters: int | None, ends_at: datetime | None) -> None:
    """Note how a poll of somebody else stands by its origin's word, option by option."""
    for position, number in enumerate(votes):
        tx.run("UPDATE poll_options SET votes = ? WHERE post_id = ? AND position = ?", number, post, position)
    change(tx, post, voters=voters, ends_at=ends_at, told_at=tx.now)


def add(tx: Tx, post: int, position: int, *, new_voter: bool) -> None:
    """Count one vote more, of somebody who had not voted before if it is a ``new_voter``."""
    tx.run("UPDATE poll_options SET votes = votes + 1 WHERE post_id = ? AND position = ?", post, position)
    if new_voter:
        tx.run("UPDATE polls SET voters = voters + 1 WHERE post_id = ?", post)


def recount(tx: Tx, post: int) -> None:
    """Count the votes in a poll of ours anew, without those of who is cut off."""
    counted = f"NOT {visibility.away('v.account_id')}"
    tx.run(
        "UPDATE poll_options SET votes = (SELECT count(*) FROM votes v WHERE v.post_id = poll_options.post_id"
        f" AND v.position = poll_options.position AND {counted}) WHERE post_id = ?",
        post,
    )
    tx.run(
        "UPDATE polls SET voters = (SELECT count(DISTINCT account_id) FROM votes v WHERE v.post_id = polls.post_id"
        f" AND {counted}) WHERE post_id = ?",
        post,
    )


def drop(tx: Tx, post: int) -> None:
    """Forget the poll of a post, with its votes and whatever was due about it."""
    tx.run("DELETE FROM polls WHERE post_id = ?", post)
