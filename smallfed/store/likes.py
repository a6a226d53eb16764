"""Likes: who likes what, plainly or with an emoji, at most once each.

Somebody with several reactions to a post is one who likes it. A dislike is kept here as well, and counts as none.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.reaction import DISLIKE, Reaction
from smallfed.store import accounts, houses, purges, visibility
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

FAVOURS = f"emoji <> '{DISLIKE}'"
"""The condition that a row is a favourite, too."""

SHOWN = 50  # different reactions to one post: a server can have as many accounts and emoji as it likes


class Like(Struct, frozen=True, kw_only=True):
    """``uri`` is the id of the activity, if it had one; ``emoji`` and ``picture`` are those of a ``Reaction``."""

    id: int
    account_id: int
    post_id: int
    emoji: str = ""
    picture: str | None = None
    uri: str | None
    created_at: datetime

    @property
    def reaction(self) -> Reaction:
        """What it says."""
        return Reaction(emoji=self.emoji, picture=self.picture)


class Tally(Struct, frozen=True, kw_only=True):
    """How many gave a post this reaction, and whether the owner did; the picture is that of the first."""

    reaction: Reaction
    count: int
    mine: bool = False


SHAPE = Shape(Like, "likes")
_SELECT = f"SELECT {SHAPE.columns('l')} FROM likes l "


def get(tx: Tx, like: int) -> Like:
    """Return a like that is there."""
    return SHAPE.read(tx.one(_SELECT + "WHERE l.id = ?", like))


def find(tx: Tx, account: int, post: int, emoji: str = "") -> Like | None:
    """Return what ``account`` thinks of ``post`` with this emoji, plainly without one, or None."""
    row = tx.one(_SELECT + "WHERE l.post_id = ? AND l.account_id = ? AND l.emoji = ?", post, account, emoji)
    return None if row is None else SHAPE.read(row)


def all_of(tx: Tx, account: int, post: int) -> list[Like]:
    """Return everything that ``account`` thinks of ``post``, the earliest first."""
    rows = tx.all(_SELECT + "WHERE l.post_id = ? AND l.account_id = ? ORDER BY l.id", post, account)
    return [SHAPE.read(row) for row in rows]


def find_uri(tx: Tx, uri: str) -> Like | None:
    """Return the like with this activity id, or None."""
    row = tx.one(_SELECT + "WHERE l.uri = ? LIMIT 1", uri)
    return None if row is None else SHAPE.read(row)


def find_picture(tx: Tx, post: int, emoji: str) -> str | None:
    """Return what a custom emoji looks like with which somebody has reacted to ``post``, or None; not a purged one."""
    row = tx.one("SELECT picture FROM likes WHERE post_id = ? AND emoji = ? ORDER BY id LIMIT 1", post, emoji)
    return None if row is None else _shown(tx, row).get(row[0])


def put(tx: Tx, like: Like) -> None:
    """Store a new like; sqlite3.IntegrityError when that account likes that post so already."""
    SHAPE.insert(tx, like)


def change(tx: Tx, like: int, *, picture: str | None) -> None:
    """Let a custom emoji look otherwise."""
    SHAPE.change(tx, like, picture=picture)


def drop(tx: Tx, like: int) -> None:
    """Remove a like."""
    tx.run("DELETE FROM likes WHERE id = ?", like)


def drop_all(tx: Tx, account: int) -> None:
    """Remove all likes of an account."""
    tx.run("DELETE FROM likes WHERE account_id = ?", account)


# Who ------------------------------------------------------------------------------------------------------------------
def likers(tx: Tx, post: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the like, account) of those who like ``post``, newest first, each once; page by the first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = (
        f"SELECT l.id, {columns} FROM likes l JOIN accounts a ON a.id = l.account_id"
        f" WHERE l.post_id = :post AND l.{FAVOURS} AND NOT EXISTS (SELECT 1 FROM likes m WHERE m.post_id = l.post_id"
        f" AND m.account_id = l.account_id AND m.id > l.id AND m.{FAVOURS})"
        f" AND NOT {visibility.cut_off('l.account_id')}"
    )
    return _paired(cut(tx, select, {**visibility.values(tx, None), "post": post}, page, by="l.id"))


def boosters(tx: Tx, post: int, page: Page) -> list[tuple[int, Account]]:
    """Return (id of the boost, account) of those who boosted ``post`` for all to see, newest first."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = (
        f"SELECT p.id, {columns} FROM posts p JOIN accounts a ON a.id = p.account_id"
        " WHERE p.boost_of_id = :post AND p.visibility IN ('public', 'unlisted')"
        f" AND NOT {visibility.cut_off('p.account_id')}"
    )
    return _paired(cut(tx, select, {**visibility.values(tx, None), "post": post}, page, by="p.id"))


def _paired(rows: Sequence[tuple[object, ...]]) -> list[tuple[int, Account]]:
    return list(each(lambda row: (int(row[0]), accounts.from_row(row[1:])), rows))


def reactors(tx: Tx, post: int, emojis: Collection[str], *, limit: int) -> dict[str, list[Account]]:
    """Return who reacted to ``post`` with these ``emojis``: the earliest of each, and ``limit`` of each at most."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    rows = tx.all(
        f"SELECT l.emoji, {columns} FROM (SELECT emoji, account_id, id, row_number() OVER"
        " (PARTITION BY emoji ORDER BY id) AS place FROM likes WHERE post_id = ?"
        f" AND emoji IN (SELECT value FROM json_each(?)) AND NOT {visibility.away('account_id')}) l"
        " JOIN accounts a ON a.id = l.account_id WHERE l.place <= ? ORDER BY l.id",
        post,
        listed(emojis),
        limit,
    )
    found: dict[str, list[Account]] = {}
    for emoji, account in each(lambda row: (str(row[0]), accounts.from_row(row[1:])), rows):
        found.setdefault(emoji, []).append(account)
    return found


# How many -------------------------------------------------------------------------------------------------------------
def count(tx: Tx, post: int) -> int:
    """Return how many like ``post``, by rows, without who is cut off."""
    return counts(tx, listed([post])).get(post, 0)


def count_boosts(tx: Tx, post: int) -> int:
    """Return how many have boosted ``post`` for all to see, by rows, without who is cut off."""
    return counts_of_boosts(tx, listed([post])).get(post, 0)


def counts_of_boosts(tx: Tx, posts: str) -> dict[int, int]:
    """Return how many have boosted each of ``posts`` (a JSON list of ids) that somebody has, as ``count_boosts``."""
    return dict(
        tx.all(
            "SELECT boost_of_id, count(*) FROM posts WHERE boost_of_id IN (SELECT value FROM json_each(?))"
            f" AND visibility IN ('public', 'unlisted') AND NOT {visibility.away('account_id')} GROUP BY boost_of_id",
            posts,
        )
    )


def counts(tx: Tx, posts: str) -> dict[int, int]:
    """Return how many like each of ``posts`` (a JSON list of ids) that somebody likes, without who is cut off."""
    return dict(
        tx.all(
            f"SELECT post_id, count(DISTINCT account_id) FROM likes WHERE {FAVOURS}"
            f" AND NOT {visibility.away('account_id')}"
            " AND post_id IN (SELECT value FROM json_each(?)) GROUP BY post_id",
            posts,
        )
    )


def tallies(tx: Tx, posts: str) -> list[tuple[int, Tally]]:
    """Return (post, reaction) for ``posts`` (a JSON list of ids), the reaction that was there first first.

    Of very many to one post the most frequent count, and the owner's.
    """
    rows = tx.all(
        "SELECT post_id, emoji, picture, count(*), max(account_id = ?), min(id) AS first FROM likes"
        " WHERE emoji <> '' AND post_id IN (SELECT value FROM json_each(?))"
        f" AND NOT {visibility.away('account_id')} GROUP BY post_id, emoji ORDER BY first",
        houses.owner_id(tx),
        posts,
    )
    shown = _shown(tx, [row[2] for row in rows])
    found = [
        (post, Tally(reaction=Reaction(emoji=emoji, picture=shown.get(picture)), count=count, mine=bool(mine)))
        for post, emoji, picture, count, mine, _ in rows
    ]
    return found if len(found) <= SHOWN else _most_frequent(found)


def _shown(tx: Tx, pictures: Iterable[str | None]) -> dict[str | None, str]:
    """Return those pictures, each by itself, that were not purged."""
    known = {picture for picture in pictures if picture is not None}
    return {picture: picture for picture in known - purges.held(tx, known)}


def _most_frequent(found: list[tuple[int, Tally]]) -> list[tuple[int, Tally]]:
    """Leave out what is rare, of each post by itself, and keep the order."""
    shown, kept = Counter[int](), set[int]()
    for place in sorted(range(len(found)), key=lambda place: (not found[place][1].mine, -found[place][1].count)):
        post = found[place][0]
        shown[post] += 1
        if shown[post] <= SHOWN:
            kept.add(place)
    return [one for place, one in enumerate(found) if place in kept]


def feelings(tx: Tx, told: Collection[tuple[int, int]]) -> dict[tuple[int, int], Reaction]:
    """Return how the favourites by these accounts of these posts look that have an emoji: the newest of each."""
    rows = tx.all(
        "SELECT l.account_id, l.post_id, l.emoji, l.picture FROM json_each(?) j JOIN likes l"
        " ON l.account_id = j.value ->> 0 AND l.post_id = j.value ->> 1"
        f" WHERE l.emoji <> '' AND l.{FAVOURS} ORDER BY l.id",
        listed(told),
    )
    shown = _shown(tx, [row[3] for row in rows])
    return {
        (account, post): Reaction(emoji=emoji, picture=shown.get(picture)) for account, post, emoji, picture in rows
    }
