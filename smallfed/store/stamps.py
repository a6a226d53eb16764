"""Stamps: what the owner allowed others to do, each readable under an id of its own until it is revoked."""

from typing import Any

from smallfed.domain.interaction import Interaction, Stamp
from smallfed.store.rows import Shape
from smallfed.store.tx import Tx

SHAPE = Shape(Stamp, "stamps")
_SELECT = f"SELECT {SHAPE.columns('s')} FROM stamps s "


def find(tx: Tx, stamp: int) -> Stamp | None:
    """Return a stamp, or None."""
    return _first(tx, "WHERE s.id = ?", stamp)


def given(tx: Tx, kind: Interaction, interacting: str, target: str) -> Stamp | None:
    """Return the stamp for this very thing, or None."""
    return _first(tx, "WHERE s.interacting = ? AND s.target = ? AND s.kind = ?", interacting, target, kind)


def of_account(tx: Tx, account: int, kind: Interaction | None = None) -> list[Stamp]:
    """Return what an account was allowed, or one kind of it."""
    statement = _SELECT + "WHERE s.account_id = ?1 AND (?2 IS NULL OR s.kind = ?2) ORDER BY s.id"
    return [SHAPE.read(row) for row in tx.all(statement, account, kind)]


def of_kind(tx: Tx, kind: Interaction) -> list[Stamp]:
    """Return all stamps of a kind."""
    return [SHAPE.read(row) for row in tx.all(_SELECT + "WHERE s.kind = ? ORDER BY s.id", kind)]


def put(tx: Tx, stamp: Stamp) -> None:
    """Store a new stamp; sqlite3.IntegrityError when there is one for the same thing."""
    SHAPE.insert(tx, stamp)


def drop(tx: Tx, stamp: int) -> None:
    """Forget a stamp."""
    tx.run("DELETE FROM stamps WHERE id = ?", stamp)


def _first(tx: Tx, where: str, *args: Any) -> Stamp | None:
    row = tx.one(f"{_SELECT}{where} LIMIT 1", *args)
    return None if row is None else SHAPE.read(row)
