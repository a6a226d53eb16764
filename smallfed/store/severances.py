"""Severances: blocks of whole servers that came between follows, and which follows these were."""

from collections.abc import Collection, Iterable

from msgspec import json

from smallfed.domain.account import Account
from smallfed.domain.notification import Severance
from smallfed.domain.relation import Follow
from smallfed.errors import NotFound
from smallfed.store import accounts, houses, visibility
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Severance, "severances")
_SELECT = f"SELECT {SHAPE.columns('s')} FROM severances s "


def put(tx: Tx, severance: Severance, follows: Iterable[Follow]) -> None:
    """Store that a block has come between these."""
    SHAPE.insert(tx, severance)
    for follow in follows:
        tx.run(
            "INSERT INTO severed_follows (severance_id, follower_id, target_id, uri, reblogs, notify, languages,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            severance.id,
            follow.follower_id,
            follow.target_id,
            follow.uri,
            follow.reblogs,
            follow.notify,
            None if follow.languages is None else json.encode(follow.languages).decode(),
            ms(follow.created_at),
        )


def several(tx: Tx, wanted: Iterable[int]) -> dict[int, Severance]:
    """Return the severances with these ids, by id; unknown ones are left out."""
    rows = tx.all(_SELECT + "WHERE s.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {one.id: one for one in each(SHAPE.read, rows)}


def get(tx: Tx, number: int) -> Severance:
    """Return the severance with this id; NotFound."""
    found = several(tx, [number])
    if not found:
        raise NotFound(f"nothing was severed under the number {number}: `smallfed severed` lists what was")
    return found[number]


def newest(tx: Tx, page: Page) -> list[Severance]:
    """Return a page, newest first."""
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE 1", {}, page, by="s.id")))


def restore(tx: Tx, follows: Collection[Follow]) -> None:
    """Note that ``follows`` are back: what has come between none that is still frozen, is restored."""
    _settle(tx, "restored_at", follows)


def finish(tx: Tx, follows: Collection[Follow]) -> None:
    """Note that ``follows`` have ended: what has come between none that is still frozen, is final."""
    _settle(tx, "final_at", follows)


def _settle(tx: Tx, column: str, follows: Collection[Follow]) -> None:
    if not follows:
        return
    pairs = listed([one.follower_id, one.target_id] for one in follows)
    tx.run(
        f"""UPDATE severances AS s SET {column} = ?1 WHERE s.restored_at IS NULL AND s.final_at IS NULL AND s.id IN (
            SELECT x.severance_id FROM json_each(?2) j JOIN severed_follows x
            ON x.follower_id = json_extract(j.value, '$[0]') AND x.target_id = json_extract(j.value, '$[1]'))
        AND NOT EXISTS (SELECT 1 FROM severed_follows x JOIN follows f
            ON f.follower_id = x.follower_id AND f.target_id = x.target_id
            WHERE x.severance_id = s.id AND f.state = 'frozen')""",
        ms(tx.now),
        pairs,
    )


def lost(tx: Tx, domain: str) -> list[Account]:
    """Return whom the owner followed on ``domain`` or below it until a block was final, and does not follow again."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    statement = f"""SELECT {columns} FROM accounts a WHERE a.id IN (SELECT x.target_id FROM severed_follows x
            JOIN severances s ON s.id = x.severance_id WHERE x.follower_id = :owner AND s.final_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = :owner AND f.target_id = a.id)
        AND {visibility.on_domain("a")} ORDER BY a.id"""
    values = {"owner": houses.owner_id(tx), "domain": domain.removeprefix("*.")}
    return list(each(accounts.from_row, tx.sql.execute(statement, values)))
