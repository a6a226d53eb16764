"""Frozen follows: those that the block of a whole server hides, until it is lifted or final.

What is frozen is neither a follow nor a request, for whoever asks ``store/follows``. Here ``accepted`` says whether it
was a follow.
"""

from smallfed.domain.account import Account
from smallfed.domain.relation import Follow
from smallfed.policy.domains import EVERYBODY
from smallfed.store import accounts, follows, houses, visibility
from smallfed.store.rows import listed
from smallfed.store.tx import Tx
from smallfed.store.visibility import away

_THEIRS = "CASE f.follower_id WHEN :owner THEN f.target_id ELSE f.follower_id END"


def freeze(tx: Tx, domain: str) -> list[Follow]:
    """Freeze what there is with people who are cut off, of those on ``domain`` or below (``*``: all); return it.

    ``accepted`` says of these, as of all that is frozen below, whether they were follows.
    """
    return _turn(tx, domain, "state = 'frozen', thaws = state", f"f.state <> 'frozen' AND {away('a.id')}")


def thaw(tx: Tx, domain: str) -> list[Follow]:
    """Let thaw what there is with people who are cut off no longer; else as ``freeze``."""
    return _turn(tx, domain, "state = thaws, thaws = NULL", f"f.state = 'frozen' AND NOT {away('a.id')}")


def _turn(tx: Tx, domain: str, change: str, which: str) -> list[Follow]:
    below = "1" if domain == EVERYBODY else visibility.on_domain("a")
    values = {"owner": houses.owner_id(tx), "domain": domain.removeprefix("*.")}
    found = tx.sql.execute(
        f"SELECT f.id FROM follows f JOIN accounts a ON a.id = {_THEIRS} WHERE {below} AND {which}", values
    )
    follows.forget(tx)
    wanted = listed(number for (number,) in found.fetchall())
    tx.run(f"UPDATE follows SET {change} WHERE id IN (SELECT value FROM json_each(?))", wanted)
    select = follows.SELECT.replace("state = 'accepted'", "'accepted' IN (state, thaws)")
    return [
        follows.read(row) for row in tx.all(select + "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", wanted)
    ]


def on_domain(tx: Tx, domain: str) -> list[tuple[Follow, Account]]:
    """Return what is frozen with people on ``domain`` or below it (``*``: all), with them, the oldest first."""
    return _with_people(tx, domain, "f.state = 'frozen'")


def with_domain(tx: Tx, domain: str) -> list[tuple[Follow, Account]]:
    """Return what there is, frozen or not, with people on ``domain`` or below it, with them, the oldest first."""
    return _with_people(tx, domain, "1")


def _with_people(tx: Tx, domain: str, which: str) -> list[tuple[Follow, Account]]:
    below = "1" if domain == EVERYBODY else visibility.on_domain("a")
    values = {"owner": houses.owner_id(tx), "domain": domain.removeprefix("*.")}
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    rows = tx.sql.execute(
        f"""SELECT f.id, f.follower_id, f.target_id, f.uri, 'accepted' IN (f.state, f.thaws), f.reblogs, f.notify,
            f.languages, f.created_at, f.state = 'frozen', {columns} FROM follows f JOIN accounts a ON a.id = {_THEIRS}
            WHERE {which} AND {below} ORDER BY f.id""",
        values,
    ).fetchall()
    return [(follows.read(row), accounts.from_row(row[10:])) for row in rows]


def hosts_of_followers(tx: Tx, limit: int) -> list[str]:
    """Return, by name, on which hosts the owner has followers who are frozen."""
    rows = tx.all(
        "SELECT DISTINCT a.host FROM owners o JOIN follows f ON f.target_id = o.account_id"
        " JOIN accounts a ON a.id = f.follower_id WHERE f.state = 'frozen' AND f.thaws = 'accepted'"
        " ORDER BY a.host LIMIT ?",
        limit,
    )
    return [host for (host,) in rows]
