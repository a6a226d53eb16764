"""Paging: which part of a long list is wanted, and the one way to cut it out.

Spec: CLIENT_API §13 item 17. Lists are walked by id, newest first; what arrives during a walk never shifts it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from smallfed.store.tx import Tx


class Page(Struct, frozen=True, kw_only=True):
    """Below ``max_id``, above ``since_id`` and ``min_id``, all exclusive; at most ``limit``, all if negative.

    Of what is left the newest are taken; with ``min_id`` the oldest, so that one can walk up without a gap.
    """

    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None
    limit: int = 20


def cut(tx: Tx, select: str, values: Mapping[str, Any], page: Page, *, by: str) -> list[Any]:
    """Run ``select``, which must end inside its WHERE, and return the rows of ``page``, newest first.

    ``by`` is the column of ids to walk by; ``values`` are bound by name.
    """
    rows = tx.sql.execute(
        f"{select}{within(page, by)} LIMIT :limit", {**values, **_bounds(page), "limit": page.limit}
    ).fetchall()
    return rows if page.min_id is None else rows[::-1]


def merge(tx: Tx, selects: Iterable[str], values: Mapping[str, Any], page: Page, *, by: str) -> list[Any]:
    """Do as ``cut`` with several selects as one list; the id that they are walked by is the first column of each."""
    limits = _conditions(page, by)
    parts = " UNION ALL ".join(f"{select}{limits}" for select in selects)
    if not parts:
        return []
    order = f"ORDER BY 1 {'DESC' if page.min_id is None else 'ASC'} LIMIT :limit"
    rows = tx.sql.execute(f"{parts} {order}", {**values, **_bounds(page), "limit": page.limit}).fetchall()
    return rows if page.min_id is None else rows[::-1]


def within(page: Page, by: str) -> str:
    """Return what ``cut`` adds to a statement before its limit, for a part of it that is to be cut in the same way."""
    return f"{_conditions(page, by)} ORDER BY {by} {'DESC' if page.min_id is None else 'ASC'}"


def _conditions(page: Page, by: str) -> str:
    return "".join(f" AND {by} {'<' if name == 'max_id' else '>'} :{name}" for name in _bounds(page))


def _bounds(page: Page) -> dict[str, int]:
    bounds = {"max_id": page.max_id, "since_id": page.since_id, "min_id": page.min_id}
    return {name: value for name, value in bounds.items() if value is not None}
