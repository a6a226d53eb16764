"""Trouble: which of SQLite's errors are circumstances that pass, and what the caller is told of them.

Spec: https://www.sqlite.org/rescode.html
"""

import sqlite3
from typing import TypeGuard

from smallfed.errors import Unavailable

FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})  # the disk does not take it
PASSING = FULL | {  # not the caller's fault: the same call may work later
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
}


def code(error: BaseException | None) -> int:
    """Return SQLite's primary result code, or 0 where there is none: misuse found by Python's own module has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF if isinstance(error, sqlite3.Error) else 0


def is_full(error: BaseException | None) -> TypeGuard[sqlite3.Error]:
    """Whether ``error`` means that the disk is full or failing."""
    return code(error) in FULL


def is_passing(error: BaseException | None) -> TypeGuard[sqlite3.Error]:
    """Whether ``error`` is of the circumstances rather than of what was asked."""
    return code(error) in PASSING


def is_interrupted(error: BaseException | None) -> TypeGuard[sqlite3.Error]:
    """Whether ``error`` means that a statement was stopped by our own hand."""
    return code(error) == sqlite3.SQLITE_INTERRUPT


def sorry(error: sqlite3.Error) -> Unavailable:
    """Return the kind of error that a door can answer."""
    what = "the disk is full or failing" if is_full(error) else "the database is busy"
    return Unavailable(f"the database cannot be used now, {what}: try again later", detail=repr(error))
