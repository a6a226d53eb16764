"""Followed tags: hashtags whose posts the owner reads at home, and what they bring there.

For many posts at once this is ``policy/timelines.is_brought``, which is the rule in words.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from smallfed.store import ids
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx


class FollowedTag(Struct, frozen=True, kw_only=True):
    """``name`` is the one spelling of a hashtag."""

    id: int
    name: str
    created_at: datetime


SHAPE = Shape(FollowedTag, "followed_tags")
_TAGGED = "EXISTS (SELECT 1 FROM hashtags h JOIN followed_tags t ON t.name = h.name WHERE h.post_id = posts.id)"
_BROUGHT = f"(visibility = 'public' AND boost_of_id IS NULL AND {_TAGGED})"


def put(tx: Tx, name: str) -> bool:
    """Follow a hashtag (NFKC, lower case); False when it is followed already."""
    statement = "INSERT INTO followed_tags (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING"
    return tx.run(statement, ids.fresh(tx, "followed_tags"), name, ms(tx.now)) > 0


def drop(tx: Tx, name: str) -> bool:
    """Follow a hashtag no longer; False when it was not followed."""
    return tx.run("DELETE FROM followed_tags WHERE name = ?", name) > 0


def page(tx: Tx, wanted: Page) -> list[FollowedTag]:
    """Return a page of the hashtags that are followed, the newest first."""
    select = f"SELECT {SHAPE.columns('t')} FROM followed_tags t WHERE 1"
    return list(each(SHAPE.read, cut(tx, select, {}, wanted, by="t.id")))


def among(tx: Tx, names: Collection[str]) -> set[str]:
    """Return those of some hashtags that are followed."""
    rows = tx.all("SELECT name FROM followed_tags WHERE name IN (SELECT value FROM json_each(?))", listed(names))
    return {name for (name,) in rows}


# What they bring home -------------------------------------------------------------------------------------------------
def has(tx: Tx, post: int) -> bool:
    """Whether a post has a hashtag that is followed."""
    statement = "SELECT 1 FROM hashtags h JOIN followed_tags t ON t.name = h.name WHERE h.post_id = ? LIMIT 1"
    return tx.one(statement, post) is not None


def bring_home(tx: Tx, name: str, *, limit: int) -> int:
    """Put what followed hashtags bring of the newest posts with one into home; return how many there were.

    What is borrowed stays where it is: it would have to be kept.
    """
    tx.known.clear()
    return tx.run(
        f"""UPDATE posts SET in_home = 1, by_tag = 1 WHERE NOT in_home AND {_BROUGHT}
            AND id IN (SELECT post_id FROM hashtags WHERE name = ? ORDER BY post_id DESC LIMIT ?)
            AND NOT EXISTS (SELECT 1 FROM borrowed b WHERE b.post_id = posts.id)""",
        name,
        limit,
    )


def take_out(tx: Tx, name: str) -> int:
    """Take what no followed hashtag brings any more of the posts with one out of home; return how many there were."""
    tx.known.clear()
    return tx.run(
        f"""UPDATE posts SET in_home = 0, by_tag = 0 WHERE by_tag AND NOT {_BROUGHT}
            AND id IN (SELECT post_id FROM hashtags WHERE name = ?)""",
        name,
    )


def leave_home(tx: Tx, account: int, *, boosts_only: bool = False) -> None:
    """Take what an account posted, or only what it boosted, out of home, but for what followed hashtags bring there."""
    tx.known.clear()
    tx.run(
        f"""UPDATE posts SET in_home = {_BROUGHT}, by_tag = {_BROUGHT}
            WHERE account_id = ? AND in_home AND NOT by_tag AND (NOT ? OR boost_of_id IS NOT NULL)""",
        account,
        boosts_only,
    )
