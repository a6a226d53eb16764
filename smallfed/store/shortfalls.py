"""What apps asked for and this server does not have. A row counts one thing; there are never many rows."""

from collections.abc import Iterable

from smallfed.domain.shortfall import Noted, Shortfall, What
from smallfed.store.moments import moment, ms
from smallfed.store.tx import Tx

MOST = {True: 4000, False: 500}
"""Rows of apps with a token, and of callers without: what nobody did for longest goes first."""


def put(tx: Tx, noted: Iterable[Noted]) -> None:
    """Add to what is counted."""
    for each in noted:
        shortfall = each.shortfall
        tx.run(
            "INSERT INTO shortfalls (app, known, method, route, what, name, count, first_at, last_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,"
            " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
            shortfall.app,
            shortfall.known,
            shortfall.method,
            shortfall.route,
            shortfall.what,
            shortfall.name,
            each.count,
            ms(each.first_at),
            ms(each.last_at),
        )
    for known, most in MOST.items():
        tx.run(
            "DELETE FROM shortfalls WHERE (app, known, method, route, what, name) IN"
            " (SELECT app, known, method, route, what, name FROM shortfalls WHERE known = ?"
            " ORDER BY last_at DESC LIMIT -1 OFFSET ?)",
            known,
            most,
        )


def listed(tx: Tx, *, app: str | None = None) -> list[Noted]:
    """Return what is counted, of all apps or of one: by app, those with a token first, then what happens most."""
    rows = tx.all(
        "SELECT app, known, method, route, what, name, count, first_at, last_at FROM shortfalls"
        " WHERE ?1 IS NULL OR app = ?1 COLLATE NOCASE"
        " ORDER BY known DESC, app COLLATE NOCASE, app, count DESC, route, method, what, name",
        app,
    )
    return [
        Noted(
            shortfall=Shortfall(app=app, known=bool(known), method=method, route=route, what=What(what), name=name),
            count=count,
            first_at=moment(first_at),
            last_at=moment(last_at),
        )
        for app, known, method, route, what, name, count, first_at, last_at in rows
    ]


def forget(tx: Tx) -> int:
    """Forget everything that is counted; return how many rows there were."""
    return tx.run("DELETE FROM shortfalls")
