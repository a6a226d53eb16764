"""Tx: the only key to the database."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from smallfed.domain.events import Event


class Tx:
    """One call's part of a transaction: the connection, the time, the dice, and what will be announced.

    ``now`` is aware and the same for the whole call. ``dice(bits)`` draws a non-negative integer below
    ``2 ** bits``. Events announced reach the hub after the commit, in commit order, and not at all after a rollback;
    ``then`` is called with each at once, so that what follows from it is written in the same transaction.
    ``known`` belongs to modules of ``store``: what was asked once in this call, until it changes. Whoever changes posts
    past ``store/posts`` empties it; follows and blocks are changed by their own modules alone.
    """

    __slots__ = ("announced", "dice", "known", "now", "sql", "then")

    def __init__(
        self,
        sql: sqlite3.Connection,
        *,
        now: datetime,
        dice: Callable[[int], int],
        then: "Callable[[Tx, Event], None] | None" = None,
    ) -> None:
        self.sql = sql
        self.now = now
        self.dice = dice
        self.then = then
        self.announced: list[Event] = []
        self.known: dict[object, Any] = {}

    def announce(self, event: Event) -> None:
        """Say that ``event`` has happened: its consequences are written now, the house hears of it after the commit."""
        self.announced.append(event)
        if self.then is not None:
            self.then(self, event)

    def one(self, sql: str, *args: Any) -> Any:
        """Run ``sql`` and return its first row as a tuple, or None."""
        return self.sql.execute(sql, args).fetchone()

    def all(self, sql: str, *args: Any) -> list[Any]:
        """Run ``sql`` and return all its rows as tuples."""
        return self.sql.execute(sql, args).fetchall()

    def run(self, sql: str, *args: Any) -> int:
        """Run a changing statement and return how many rows it touched."""
        return self.sql.execute(sql, args).rowcount

    def new_id(self) -> int:
        """Return an id for now: milliseconds since 1970 with a random tail, 64 bits, sorting by time."""
        return self.id_at(self.now)

    def id_at(self, moment: datetime) -> int:
        """Return a fresh id that sorts at ``moment``."""
        return (int(moment.timestamp() * 1000) << 16) | self.dice(16)
