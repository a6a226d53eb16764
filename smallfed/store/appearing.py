"""Appearing: in which timelines some posts stand, or no longer, by the conditions that the timelines are read with.

Spec: CLIENT_API §11; RULINGS 14.
"""

from collections.abc import Collection
from functools import cache
from typing import Literal

from msgspec import Struct, json

from smallfed.domain.list import Replies
from smallfed.domain.post import Post
from smallfed.policy.domains import EVERYBODY
from smallfed.store import timelines, visibility
from smallfed.store.posts import SHAPE
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

Kind = Literal["home", "list", "public", "hashtag", "named"]
"""What may be asked about a post; ``named``: whether it names the owner."""

KINDS: frozenset[Kind] = frozenset({"home", "list", "public", "hashtag", "named"})


class Appearance(Struct, frozen=True, kw_only=True):
    """Where a post stands, as far as that was asked: ``tags`` and ``lists`` are those whose timelines show it."""

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


_ASKED: dict[Kind, str] = {
    "home": timelines.HOME,
    "public": timelines.PUBLIC,
    "named": "EXISTS (SELECT 1 FROM mentions o WHERE o.post_id = p.id AND o.account_id = :owner AND NOT o.silent)",
    "hashtag": f"(SELECT json_group_array(h.name) FROM hashtags h WHERE h.post_id = p.id AND {timelines.TAGGED})",
    "list": f"""(SELECT json_group_array(l.id) FROM list_members x JOIN lists l ON l.id = x.list_id
        WHERE x.account_id = p.account_id AND {_case("l")})""",
}
_NOTHING: dict[Kind, str] = {"home": "0", "public": "0", "named": "0", "hashtag": "'[]'", "list": "'[]'"}
_AT_LEAST: dict[Kind, str] = {
    "home": "p.in_home",
    "list": "p.in_home",
    "public": timelines.OPEN,
    "hashtag": timelines.OPEN,
    "named": "1",
}
"""What is quickly seen, and holds wherever that kind does: most of what arrives stands nowhere."""


@cache
def _select(kinds: frozenset[Kind]) -> str:
    asked = ", ".join(_ASKED[kind] if kind in kinds else _NOTHING[kind] for kind in _ASKED)
    least = " OR ".join(sorted({f"({_AT_LEAST[kind]})" for kind in kinds})) or "0"
    return f"""SELECT {asked}, {timelines.MEDIA}, {SHAPE.columns("p")} FROM posts p
        WHERE p.id IN (SELECT value FROM json_each(:ids)) AND ({least})"""


def of(tx: Tx, wanted: Collection[int], kinds: frozenset[Kind] = KINDS) -> list[Appearance]:
    """Return where those of ``wanted`` stand, to the owner's eyes, that stand in any of ``kinds``; in no order.

    Some that stand in none may be among them.
    """
    rows = tx.sql.execute(_select(kinds), {**timelines.owners(tx), "ids": listed(wanted)})
    return [
        Appearance(
            post=SHAPE.read(row[6:]),
            home=bool(row[0]),
            public=bool(row[1]),
            named=bool(row[2]),
            tags=tuple(json.decode(row[3])),
            lists=tuple(json.decode(row[4])),
            media=bool(row[5]),
        )
        for row in rows
    ]


# What is taken away ---------------------------------------------------------------------------------------------------
NEWEST = 400  # posts at home, and public ones: as many as a feed of Mastodon's has
_STOOD: dict[tuple[bool, bool], frozenset[Kind]] = {
    (True, False): frozenset({"home", "list"}),
    (False, True): frozenset({"public", "hashtag"}),
    (True, True): frozenset({"home", "list", "public", "hashtag"}),
}
_INVOLVES = """EXISTS (SELECT 1 FROM (SELECT p.account_id AS id UNION ALL SELECT o.account_id
    UNION ALL SELECT n.account_id FROM mentions n WHERE n.post_id = coalesce(p.boost_of_id, p.id)) x
    CROSS JOIN accounts w ON w.id = x.id WHERE {})"""


def withdrawn(tx: Tx, *, account: int | None, domain: str | None) -> list[tuple[int, frozenset[Kind]]]:
    """Return the newest posts that the owner is not to read, with where they stood, newest first.

    Only those that have to do with an account, or with a domain and what is below it (``*``: with anybody). What an
    account posted counts as having stood at home, which it may just have left.
    """
    whom = "w.id = :account" if domain is None else "1" if domain == EVERYBODY else visibility.on_domain("w")
    rows = tx.sql.execute(
        f"""WITH newest (id) AS MATERIALIZED (
            SELECT * FROM (SELECT id FROM posts WHERE in_home ORDER BY id DESC LIMIT :newest)
            UNION SELECT * FROM (SELECT p.id FROM posts p WHERE {timelines.OPEN} ORDER BY p.id DESC LIMIT :newest)
            UNION SELECT * FROM (SELECT id FROM posts WHERE account_id = :account ORDER BY id DESC LIMIT :newest))
        SELECT id, home, public FROM (
            SELECT p.id, (p.in_home OR p.account_id IS :account) AND NOT ({timelines.TO_READ}) AS home,
                {timelines.OPEN} AND (NOT {visibility.seen("p")} OR {visibility.unwanted("p.account_id")}) AS public
            FROM newest CROSS JOIN posts p ON p.id = newest.id LEFT JOIN posts o ON o.id = p.boost_of_id
            WHERE {_INVOLVES.format(whom)})
        WHERE home OR public ORDER BY id DESC""",
        {**timelines.owners(tx), "account": account, "domain": (domain or "").removeprefix("*."), "newest": NEWEST},
    )
    return [(post, _STOOD[bool(home), bool(public)]) for post, home, public in rows]
