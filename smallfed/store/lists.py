"""Lists of people, and who is in them. Whoever is no longer followed leaves them by the follow that goes."""

from collections.abc import Collection
from typing import Any

from smallfed.domain.account import Account
from smallfed.domain.list import List
from smallfed.errors import NotFound
from smallfed.store import accounts
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(List, "lists")
_MET = "NOT EXISTS (SELECT 1 FROM follows f WHERE f.id = x.follow_id AND f.state = 'frozen')"  # a block is in between
_SELECT = f"SELECT {SHAPE.columns('l')} FROM lists l "


# Lists ----------------------------------------------------------------------------------------------------------------
def every(tx: Tx) -> list[List]:
    """Return all lists, the earliest first."""
    return list(each(SHAPE.read, tx.all(_SELECT + "ORDER BY l.id")))


def get(tx: Tx, list_: int) -> List:
    """Return the list with this id; NotFound."""
    row = tx.one(_SELECT + "WHERE l.id = ?", list_)
    if row is None:
        raise NotFound("Record not found")
    return SHAPE.read(row)


def titled(tx: Tx, title: str) -> list[List]:
    """Return the lists with this title, the earliest first."""
    return list(each(SHAPE.read, tx.all(_SELECT + "WHERE l.title = ? ORDER BY l.id", title)))


def holding(tx: Tx, account: int) -> list[List]:
    """Return the lists that an account is in, the earliest first."""
    joined = f"JOIN list_members x ON x.list_id = l.id WHERE x.account_id = ? AND {_MET} ORDER BY l.id"
    rows = tx.all(_SELECT + joined, account)
    return list(each(SHAPE.read, rows))


def put(tx: Tx, new: List) -> None:
    """Store a new list."""
    SHAPE.insert(tx, new)


def change(tx: Tx, list_: int, **columns: Any) -> None:
    """Change some columns of a list; the values are those of the Struct."""
    SHAPE.change(tx, list_, **columns)


def drop(tx: Tx, list_: int) -> bool:
    """Remove a list; False when there was none."""
    return tx.run("DELETE FROM lists WHERE id = ?", list_) > 0


# Who is in them -------------------------------------------------------------------------------------------------------
def put_member(tx: Tx, list_: int, account: int, *, follow: int | None) -> bool:
    """Put an account into a list for as long as there is ``follow``; False when it is in it already."""
    return (
        tx.run(
            "INSERT INTO list_members (list_id, account_id, follow_id) VALUES (?, ?, ?)"
            " ON CONFLICT (list_id, account_id) DO NOTHING",
            list_,
            account,
            follow,
        )
        > 0
    )


def drop_members(tx: Tx, list_: int, members: Collection[int]) -> int:
    """Take accounts out of a list; return how many were in it."""
    return tx.run(
        "DELETE FROM list_members WHERE list_id = ? AND account_id IN (SELECT value FROM json_each(?))",
        list_,
        listed(members),
    )


def members(tx: Tx, list_: int, page: Page | None = None) -> list[Account]:
    """Return who is in a list, by their ids, the highest first: a page of them, or all."""
    columns = ", ".join(f"a.{name}" for name in accounts.COLUMNS)
    select = f"SELECT {columns} FROM list_members x JOIN accounts a ON a.id = x.account_id WHERE x.list_id = :list"
    select = f"{select} AND {_MET}"
    rows = cut(tx, select, {"list": list_}, page or Page(limit=-1), by="x.account_id")
    return [accounts.from_row(row) for row in rows]
