"""Accounts as those see them who run the house: all that are known, by where they are and how they stand.

``suspended`` are whom the owner blocks, by name or by server, and whom their own server has suspended; ``silenced`` are
whom the owner mutes.
"""

from collections.abc import Collection
from typing import Any

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.store import accounts, visibility
from smallfed.store.paging import Page, cut
from smallfed.store.rows import each, listed
from smallfed.store.tx import Tx

_SUSPENDED = f"""(a.suspended OR EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :owner AND b.target_id = a.id)
    OR {visibility.away("a.id")})"""
_SILENCED = """EXISTS (SELECT 1 FROM mutes m WHERE m.target_id = a.id
    AND (m.expires_at IS NULL OR m.expires_at > :now))"""
_STATES = {"suspended": _SUSPENDED, "silenced": _SILENCED, "active": f"NOT {_SUSPENDED}"}


class Wanted(Struct, frozen=True, kw_only=True):
    """Which accounts are wanted. ``state`` is active, silenced, suspended, or one that nobody here can be in.

    ``username`` and ``name`` are beginnings, ``domain`` is that of the handle.
    """

    local: bool | None = None
    state: str | None = None
    username: str | None = None
    name: str | None = None
    domain: str | None = None
    nobody: bool = False


class Standing(Struct, frozen=True, kw_only=True):
    """How somebody stands here."""

    suspended: bool
    silenced: bool


def newest(tx: Tx, page: Page, wanted: Wanted) -> list[Account]:
    """Return a page of accounts, those met last first. May look at all there are: for a thread."""
    if wanted.nobody or (wanted.state is not None and wanted.state not in _STATES):
        return []
    where, values = ["a.gone_at IS NULL"], dict[str, Any](visibility.values(tx, None))
    if wanted.local is not None:
        where.append("a.local" if wanted.local else "NOT a.local")
    if wanted.state is not None:
        where.append(_STATES[wanted.state])
    if wanted.domain:
        where, values["domain"] = [*where, "a.host = :domain"], wanted.domain.lower()
    for column, said in (("username", wanted.username), ("name", wanted.name)):
        if said:
            where.append(f"lower(substr(a.{column}, 1, length(:{column}))) = lower(:{column})")
            values[column] = said
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT {columns} FROM accounts a WHERE {' AND '.join(where)}"
    return list(each(accounts.from_row, cut(tx, select, values, page, by="a.id")))


def standings(tx: Tx, of: Collection[int]) -> dict[int, Standing]:
    """Return how these accounts stand, by id."""
    values = {**visibility.values(tx, None), "ids": listed(of)}
    statement = f"""SELECT a.id, {_SUSPENDED}, {_SILENCED} FROM accounts a
        WHERE a.id IN (SELECT value FROM json_each(:ids))"""
    return {
        number: Standing(suspended=bool(suspended), silenced=bool(silenced))
        for number, suspended, silenced in tx.sql.execute(statement, values)
    }
