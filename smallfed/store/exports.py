"""Exports: what the owner may take along, whole and in the order in which it came.

Spec: PROTOCOL §8.2.
"""

from msgspec import json

from smallfed.domain.bulk import Kind, Line
from smallfed.store import houses, severances
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_HANDLE = "a.username || '@' || a.host"
_STATEMENTS: dict[Kind, str] = {
    "follows": f"""SELECT {_HANDLE}, f.reblogs, f.notify, f.languages, 1 FROM follows f
        JOIN accounts a ON a.id = f.target_id WHERE f.follower_id = :owner AND f.state = 'accepted' ORDER BY f.id""",
    "followers": f"""SELECT {_HANDLE}, 1, 0, NULL, 1 FROM follows f JOIN accounts a ON a.id = f.follower_id
        WHERE f.target_id = :owner AND f.state = 'accepted' ORDER BY f.id""",
    "blocks": f"""SELECT {_HANDLE}, 1, 0, NULL, 1 FROM blocks b JOIN accounts a ON a.id = b.target_id
        WHERE b.account_id = :owner ORDER BY b.id""",
    "mutes": f"""SELECT {_HANDLE}, 1, 0, NULL, m.notifications FROM mutes m JOIN accounts a ON a.id = m.target_id
        WHERE m.expires_at IS NULL OR m.expires_at > :now ORDER BY m.id""",
    "domain-blocks": """SELECT domain, 1, 0, NULL, 1 FROM domain_blocks
        WHERE severity = 'suspend' AND origin = 'owner' ORDER BY id""",
    "bookmarks": """SELECT p.uri, 1, 0, NULL, 1 FROM bookmarks x JOIN posts p ON p.id = x.post_id ORDER BY x.id""",
    "lists": f"""SELECT {_HANDLE}, 1, 0, NULL, 1, l.title FROM lists l JOIN list_members x ON x.list_id = l.id
        JOIN accounts a ON a.id = x.account_id ORDER BY l.id, x.account_id""",
}


SEVERED: dict[Kind, str] = {
    "follows": f"""SELECT {_HANDLE}, s.reblogs, s.notify, s.languages, 1 FROM severed_follows s
        JOIN accounts a ON a.id = s.target_id WHERE s.follower_id = :owner AND NOT EXISTS (
            SELECT 1 FROM follows f WHERE f.follower_id = :owner AND f.target_id = s.target_id
            AND f.state <> 'frozen')
        GROUP BY a.id HAVING max(s.severance_id) ORDER BY s.created_at, a.id""",
    "followers": f"""SELECT {_HANDLE}, 1, 0, NULL, 1 FROM severed_follows s
        JOIN accounts a ON a.id = s.follower_id WHERE s.target_id = :owner AND NOT EXISTS (
            SELECT 1 FROM follows f WHERE f.target_id = :owner AND f.follower_id = s.follower_id
            AND f.state <> 'frozen')
        GROUP BY a.id HAVING max(s.severance_id) ORDER BY s.created_at, a.id""",
}
"""What blocks of domains have come between, for now or for good; of what was cut more than once, as it was last."""


def lines(tx: Tx, kind: Kind) -> list[Line]:
    """Return all that there is of a kind."""
    return _read(tx, _STATEMENTS[kind])


def severed(tx: Tx, kind: Kind) -> list[Line]:
    """Return the follows, or followers, that blocks of domains have ended and that have not begun again."""
    return _read(tx, SEVERED[kind])


def of_severance(tx: Tx, kind: Kind, number: int) -> list[Line]:
    """Return the follows, or followers, that one severance is about, whatever became of them; NotFound."""
    severances.get(tx, number)
    theirs, ours = ("target_id", "follower_id") if kind == "follows" else ("follower_id", "target_id")
    statement = f"""SELECT {_HANDLE}, s.reblogs, s.notify, s.languages, 1 FROM severed_follows s
        JOIN accounts a ON a.id = s.{theirs} WHERE s.severance_id = :number AND s.{ours} = :owner ORDER BY a.id"""
    return _read(tx, statement, number=number)


def _read(tx: Tx, statement: str, **values: int) -> list[Line]:
    rows = tx.sql.execute(statement, {"owner": houses.owner_id(tx), "now": ms(tx.now), **values})
    return [
        Line(
            number=number,
            address=row[0],
            reblogs=bool(row[1]),
            notify=bool(row[2]),
            languages=None if row[3] is None else json.decode(row[3], type=tuple[str, ...]),
            notifications=bool(row[4]),
            title=row[5] if len(row) > 5 else "",
        )
        for number, row in enumerate(rows, 1)
    ]
