"""Impacts: how much is stored of the people on a server, for whoever thinks of blocking it or of lifting a block."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct

from smallfed.policy.domains import chain
from smallfed.store import houses, visibility
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Held(Struct, frozen=True, kw_only=True):
    """How many people are known, how many posts of theirs are here, and how many notifications, put away or not."""

    people: int
    posts: int
    notifications: int


def held(tx: Tx, domain: str, *, cut_off: bool = False) -> Held:
    """Return what is stored of ``domain`` and below it (``*.domain``: only of what is below).

    ``cut_off``: only of people who are so now. Looks at all accounts, for a thread.
    """
    which = visibility.on_domain("a")
    if cut_off:
        which = f"({which} AND {visibility.away('a.id')})"
    if domain.startswith("*."):
        which = f"({which} AND :domain NOT IN (a.host, a.origin))"
    people = f"SELECT a.id FROM accounts a WHERE NOT a.local AND {which}"
    row = tx.sql.execute(
        f"""WITH people (id) AS ({people}) SELECT (SELECT count(*) FROM people),
            (SELECT count(*) FROM people CROSS JOIN posts p ON p.account_id = people.id),
            (SELECT count(*) FROM people CROSS JOIN notifications n ON n.account_id = people.id)
            + (SELECT count(*) FROM people CROSS JOIN frozen_notifications n ON n.account_id = people.id)""",
        {"domain": domain.removeprefix("*.")},
    ).fetchone()
    return Held(people=row[0], posts=row[1], notifications=row[2])


class Met(Struct, frozen=True, kw_only=True):
    """Somebody of whom something is here: their handle, how many posts, and whether there is a follow or a request."""

    handle: str
    posts: int = 0
    followed: bool = False
    follows: bool = False
    requests: int = 0


def met(tx: Tx, names: Collection[str]) -> dict[str, list[Met]]:
    """Return whom of these (domains with all below them, ``@user@host``, ids) we know, by the name that covers them.

    Looks at all accounts once, however many names there are, for a thread.
    """
    found = _covered(tx, frozenset(names))
    posts = dict(
        tx.all(
            "SELECT account_id, count(*) FROM posts WHERE account_id IN (SELECT value FROM json_each(?)) GROUP BY 1",
            listed(found),
        )
    )
    ties = _ties(tx)
    by_name: dict[str, list[Met]] = {}
    for account, (name, handle) in found.items():
        tie = ties.get(account, {})
        by_name.setdefault(name, []).append(Met(handle=handle, posts=posts.get(account, 0), **tie))
    return by_name


def _covered(tx: Tx, names: frozenset[str]) -> dict[int, tuple[str, str]]:
    above: dict[str, str | None] = {}
    found: dict[int, tuple[str, str]] = {}
    rows = tx.sql.execute("SELECT id, username, host, origin, uri FROM accounts WHERE NOT local")
    for account, username, host, origin, uri in rows:
        handle = f"{username}@{host}"
        for place in (host, origin):
            if place not in above:
                above[place] = next((name for name in chain(place.lower()) if name in names), None)
        own = (name for name in (uri, f"@{handle.lower()}") if name in names)
        name = next(own, None) or above[host] or above[origin]
        if name is not None:
            found[account] = (name, handle)
    return found


def _ties(tx: Tx) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    rows = tx.all(
        "SELECT follower_id, target_id, 'accepted' IN (state, ifnull(thaws, '')) FROM follows WHERE ?1 IN"
        " (follower_id, target_id)",
        houses.owner_id(tx),
    )
    owner = houses.owner_id(tx)
    for follower, target, accepted in rows:
        tie = found.setdefault(target if follower == owner else follower, {"requests": 0})
        if not accepted:
            tie["requests"] += 1
        else:
            tie["followed" if follower == owner else "follows"] = True
    return found
