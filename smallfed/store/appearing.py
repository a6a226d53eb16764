"""Appearing: in which timelines some posts stand, by the very conditions that the timelines are read with.

Spec: CLIENT_API §11; RULINGS 14.
"""

from collections.abc import Collection

from msgspec import Struct, json

from smallfed.domain.list import Replies
from smallfed.domain.post import Post
from smallfed.store import timelines
from smallfed.store.posts import SHAPE
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Appearance(Struct, frozen=True, kw_only=True):
    """Where a post stands: ``tags`` and ``lists`` are those whose timelines show it; ``named``: it names the owner."""

    post: Post
    home: bool
    public: bool
    media: bool
    named: bool
    tags: tuple[str, ...]
    lists: tuple[int, ...]


def _case(lists: str) -> str:
    cases = " ".join(f"WHEN '{each}' THEN {timelines.listed_by(f'{lists}.id', each)}" for each in Replies)
    return f"CASE {lists}.replies {cases} END"


_LISTS = f"""(SELECT json_group_array(l.id) FROM list_members x JOIN lists l ON l.id = x.list_id
    WHERE x.account_id = p.account_id AND {_case("l")})"""
_TAGS = f"""(SELECT json_group_array(h.name) FROM hashtags h WHERE h.post_id = p.id AND {timelines.TAGGED})"""
_NAMED = "EXISTS (SELECT 1 FROM mentions o WHERE o.post_id = p.id AND o.account_id = :owner AND NOT o.silent)"
_SELECT = f"""SELECT {timelines.HOME}, {timelines.PUBLIC}, {timelines.MEDIA}, {_NAMED}, {_TAGS}, {_LISTS},
    {SHAPE.columns("p")} FROM posts p WHERE p.id IN (SELECT value FROM json_each(:ids))"""


def of(tx: Tx, wanted: Collection[int]) -> list[Appearance]:
    """Return where those of ``wanted`` stand that there are, to the owner's eyes; in no order."""
    rows = tx.sql.execute(_SELECT, {**timelines.owners(tx), "ids": listed(wanted)})
    return [
        Appearance(
            post=SHAPE.read(row[6:]),
            home=bool(row[0]),
            public=bool(row[1]),
            media=bool(row[2]),
            named=bool(row[3]),
            tags=tuple(json.decode(row[4])),
            lists=tuple(json.decode(row[5])),
        )
        for row in rows
    ]
