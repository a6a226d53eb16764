"""Follows and requests to follow, in both directions.

What a block of a whole server hides is ``frozen``: neither a follow nor a request, for whoever asks, until it thaws
(``store/frozen_follows``).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import json

from smallfed.domain.account import Account
from smallfed.domain.relation import Follow
from smallfed.store import accounts
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.tx import Tx

SELECT = (
    "SELECT id, follower_id, target_id, uri, state = 'accepted', reblogs, notify, languages, created_at,"
    " state = 'frozen' FROM follows "
)


def read(row: Sequence[Any]) -> Follow:
    """Return the follow of a row of ``SELECT``."""
    return Follow(
        id=row[0],
        follower_id=row[1],
        target_id=row[2],
        uri=row[3],
        accepted=bool(row[4]),
        reblogs=bool(row[5]),
        notify=bool(row[6]),
        languages=None if row[7] is None else json.decode(row[7], type=tuple[str, ...]),
        created_at=moment(row[8]),
        frozen=bool(row[9]),
    )


def find(tx: Tx, follower: int, target: int) -> Follow | None:
    """Return the follow, or the request, of ``target`` by ``follower``, or None.

    Asked again within a call, the database is not: it is the same follow until one changes.
    """
    known: dict[tuple[int, int], Follow | None] = tx.known.setdefault("follows", {})
    if (follower, target) not in known:
        row = tx.one(SELECT + "WHERE follower_id = ? AND target_id = ?", follower, target)
        known[follower, target] = None if row is None else read(row)
    return known[follower, target]


def forget(tx: Tx) -> None:
    """Ask the database again: follows have changed."""
    tx.known.pop("follows", None)


def find_uri(tx: Tx, uri: str) -> Follow | None:
    """Return the follow, or the request, with this activity id, or None; the newest where a server repeats itself."""
    row = tx.one(SELECT + "WHERE uri = ? ORDER BY id DESC LIMIT 1", uri)
    return None if row is None else read(row)


def has(tx: Tx, follower: int, target: int) -> bool:
    """Whether ``follower`` follows ``target``, accepted."""
    known = find(tx, follower, target)
    return known is not None and known.accepted


def reach(tx: Tx, target: int, host: str) -> bool:
    """Whether somebody on ``host`` follows ``target``, accepted."""
    return (
        tx.one(
            "SELECT 1 FROM follows f JOIN accounts a ON a.id = f.follower_id"
            " WHERE f.target_id = ? AND f.state = 'accepted' AND a.origin = ?",
            target,
            host,
        )
        is not None
    )


def put(tx: Tx, follow: Follow) -> None:
    """Store a new follow or request; sqlite3.IntegrityError when there is one between the two."""
    forget(tx)
    tx.run(
        "INSERT INTO follows (id, follower_id, target_id, uri, state, reblogs, notify, languages, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        follow.id,
        follow.follower_id,
        follow.target_id,
        follow.uri,
        "accepted" if follow.accepted else "pending",
        follow.reblogs,
        follow.notify,
        None if follow.languages is None else json.encode(follow.languages).decode(),
        ms(follow.created_at),
    )
    if follow.accepted:
        _reckon(tx, follow.id, 1)


def rename(tx: Tx, follow: int, uri: str) -> None:
    """Give a follow the id of the activity that repeats it."""
    forget(tx)
    tx.run("UPDATE follows SET uri = ? WHERE id = ?", uri, follow)


def accept(tx: Tx, follow: int) -> None:
    """Turn a request into a follow."""
    forget(tx)
    if tx.run("UPDATE follows SET state = 'accepted' WHERE id = ? AND state = 'pending'", follow):
        _reckon(tx, follow, 1)


def adjust(tx: Tx, follow: int, *, reblogs: bool, notify: bool, languages: tuple[str, ...] | None) -> None:
    """Change what the owner wants of somebody followed."""
    forget(tx)
    tx.run(
        "UPDATE follows SET reblogs = ?, notify = ?, languages = ? WHERE id = ?",
        reblogs,
        notify,
        None if languages is None else json.encode(languages).decode(),
        follow,
    )


def drop(tx: Tx, follow: int) -> None:
    """Remove a follow or a request."""
    _reckon(tx, follow, -1)
    forget(tx)
    tx.run("DELETE FROM follows WHERE id = ?", follow)


def _reckon(tx: Tx, follow: int, by: int) -> None:
    """Let the numbers that the servers of the two have claimed follow along, if it is a follow and no request."""
    row = tx.one("SELECT target_id, follower_id FROM follows WHERE id = ? AND 'accepted' IN (state, thaws)", follow)
    if row is not None:
        accounts.reckon(tx, row[0], "followers", by)
        accounts.reckon(tx, row[1], "following", by)


def between(tx: Tx, account: int) -> list[Follow]:
    """Return all follows and requests of ``account`` and by it."""
    rows = tx.all(SELECT + "WHERE follower_id = ?1 UNION ALL " + SELECT + "WHERE target_id = ?1", account)
    return [read(row) for row in rows]


def followers(tx: Tx, target: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the follow, account) of those who follow ``target``, newest first; page by the first."""
    return _people(tx, "f.follower_id", "f.target_id = :account AND f.state = 'accepted'", target, page)


def following(tx: Tx, follower: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the follow, account) of those whom ``follower`` follows, newest first; page by the first."""
    return _people(tx, "f.target_id", "f.follower_id = :account AND f.state = 'accepted'", follower, page)


def requests(tx: Tx, target: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the request, account) of those who ask to follow ``target``, newest first; page by the first."""
    return _people(tx, "f.follower_id", "f.target_id = :account AND f.state = 'pending'", target, page)


def _people(tx: Tx, who: str, where: str, account: int, page: Page) -> list[tuple[int, Account]]:
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT f.id, {columns} FROM follows f JOIN accounts a ON a.id = {who} WHERE {where}"
    rows = cut(tx, select, {"account": account}, page, by="f.id")
    return [(row[0], accounts.from_row(row[1:])) for row in rows]


def whose_boosts(
    tx: Tx, follower: int, *, host: str | None, wanted: bool, after: int = 0, limit: int = -1
) -> list[tuple[int, Account]]:
    """Return (id of the follow, account) of those whom ``follower`` follows or asks to, and whose boosts are wanted,
    or are not: those on ``host`` and below it, or (None) all; the oldest follow first, beginning ``after`` one.
    """  # noqa: D205
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    rows = tx.sql.execute(
        f"""SELECT f.id, {columns} FROM follows f JOIN accounts a ON a.id = f.target_id
            WHERE f.follower_id = :follower AND f.state <> 'frozen' AND f.reblogs = :wanted AND f.id > :after
            AND (:host IS NULL OR a.host = :host OR substr(a.host, -length(:host) - 1) = '.' || :host)
            ORDER BY f.id LIMIT :limit""",
        {"follower": follower, "wanted": wanted, "after": after, "host": host, "limit": limit},
    )
    return [(row[0], accounts.from_row(row[1:])) for row in rows]


def uris(tx: Tx, account: int, *, followers: bool, limit: int, offset: int = 0) -> list[str]:
    """Return actor ids of the followers of ``account``, or of those it follows, oldest first: for our collections."""
    mine, theirs = ("target_id", "follower_id") if followers else ("follower_id", "target_id")
    return [
        uri
        for (uri,) in tx.all(
            f"SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.{theirs}"
            f" WHERE f.{mine} = ? AND f.state = 'accepted' ORDER BY f.id LIMIT ? OFFSET ?",
            account,
            limit,
            offset,
        )
    ]


_STANDING = "'accepted' IN (f.state, f.thaws)"  # a follow, frozen or not: their servers know nothing of that


def standing(tx: Tx, target: int) -> list[str]:
    """Return actor ids of all followers of ``target``, those with whom it is frozen, too, for their own servers alone.

    A server that is not blocked may have people who are, by the domain of their handle or by name. Were they left out,
    it would end their follows (FEP-8fcf), and nothing could bring these back.
    """
    statement = f"""SELECT a.uri FROM follows f CROSS JOIN accounts a ON a.id = f.follower_id
        WHERE f.target_id = ? AND {_STANDING} ORDER BY f.id"""
    return [uri for (uri,) in tx.all(statement, target)]


def standing_at(tx: Tx, target: int, base: str, *, limit: int, offset: int = 0) -> list[str]:
    """Return those of ``standing`` who live at ``base`` (scheme://authority, lower case).

    Oldest first. All followers are looked through: ask in a thread.
    """
    prefix = f"{base}/"
    rows = tx.all(
        "SELECT a.uri FROM follows f CROSS JOIN accounts a ON a.id = f.follower_id WHERE f.target_id = ?1"
        f" AND {_STANDING} AND lower(substr(a.uri, 1, length(?2))) = ?2 ORDER BY f.id LIMIT ?3 OFFSET ?4",
        target,
        prefix,
        limit,
        offset,
    )
    return [uri for (uri,) in rows]


def count(tx: Tx, account: int, *, followers: bool, accepted: bool = True) -> int:
    """Return how many follow ``account``, or how many it follows; or how many such requests there are."""
    mine = "target_id" if followers else "follower_id"
    row = tx.one(
        f"SELECT count(*) FROM follows WHERE {mine} = ? AND state = ?", account, "accepted" if accepted else "pending"
    )
    return int(row[0])
