"""Migrations: the steps that bring a database to the form this program knows.

Each step is a module ``mNNNN_what`` with ``apply(db: sqlite_utils.Database) -> None``: forward only, never edited once
on main. ``apply`` runs inside a transaction, with foreign keys checked only at its end so that tables can be rebuilt;
it must not commit. How far a database has come is its ``user_version``, written last in the step's own transaction:
finding out costs one pragma, and neither sqlite-utils nor the steps are imported when nothing is pending.

Spec: https://sqlite-utils.datasette.io/en/stable/migrations.html
"""

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION = int.from_bytes(b"smfd", "big")  # application_id of every smallfed database
NAME = re.compile(r"m(\d{4})_\w+")


class Step(Struct, frozen=True, kw_only=True):
    """One migration: its number, counted from 1, its name, and ``load``, which returns its ``apply``."""

    number: int
    name: str
    load: "Callable[[], Callable[[Database], None]]"


@cache
def steps() -> tuple[Step, ...]:
    """Return all steps of this program, in order; none is imported."""
    return ordered(module.name for module in pkgutil.iter_modules(__path__))


def ordered(names: Iterable[str]) -> tuple[Step, ...]:
    """Return the steps among these names of modules, in order; ValueError unless they count from 1 without gap."""
    found = sorted(name for name in names if NAME.fullmatch(name))
    if [int(name[1:5]) for name in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"migrations must be numbered 0001, 0002, … without gap or double: {', '.join(found)}")
    return tuple(Step(number=n, name=name, load=partial(_load, name)) for n, name in enumerate(found, 1))


def _load(name: str) -> "Callable[[Database], None]":
    module = importlib.import_module(f"{__name__}.{name}")
    apply: Callable[[Database], None] = module.apply
    return apply


def apply(sql: sqlite3.Connection, all_steps: Iterable[Step]) -> None:
    """Run those of ``all_steps`` that ``sql`` has not seen, each in one transaction with its version.

    A step that fails leaves nothing of itself; those before it stay, and the next call goes on from there. That no
    reference is broken is looked at once, in the last: it takes seconds where there are millions of rows.
    """
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("smallfed")
    *before, last = all_steps
    for step in before:
        migrations(name=step.name)(_counted(step))
    migrations(name=last.name)(_counted(last, check=True))
    sql.execute(f"PRAGMA application_id = {APPLICATION}")
    sql.execute("PRAGMA foreign_keys = OFF")  # not possible inside a transaction
    try:
        migrations.apply(Database(sql, execute_plugins=False))
    finally:
        sql.execute("PRAGMA foreign_keys = ON")


def _counted(step: Step, *, check: bool = False) -> "Callable[[Database], None]":
    def run(db: "Database", /) -> None:
        step.load()(db)
        broken = db.execute("PRAGMA foreign_key_check").fetchall() if check else []
        if broken:
            raise sqlite3.IntegrityError(
                f"{step.name}, or one that ran before it, leaves {len(broken)} broken references, first {broken[:3]}"
            )
        db.execute(f"PRAGMA user_version = {step.number}")

    return run
