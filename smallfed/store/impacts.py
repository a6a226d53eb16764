"""Impacts: how much is stored of the people on a server, for whoever thinks of blocking it or of lifting a block."""

from msgspec import Struct

from smallfed.store import visibility
from smallfed.store.tx import Tx


class Held(Struct, frozen=True, kw_only=True):
    """How many people are known, how many posts of theirs are here, and how many notifications, put away or not."""

    people: int
    posts: int
    notifications: int


def held(tx: Tx, domain: str) -> Held:
    """Return what is stored of ``domain`` and below it (``*.domain``: only of what is below).

    Looks at all accounts, for a thread.
    """
    which = visibility.on_domain("a")
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
