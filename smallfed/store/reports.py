"""Reports: what was complained of, by the owner and about the owner."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.report import Report
from smallfed.errors import NotFound
from smallfed.store.moments import ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Report, "reports")
_SELECT = f"SELECT {SHAPE.columns('r')} FROM reports r "


class Choice(Struct, frozen=True, kw_only=True):
    """Which reports are wanted: about ``account``, by the owner or by others, done with or not. None: all."""

    resolved: bool | None = None
    account: int | None = None
    by_owner: bool | None = None


def put(tx: Tx, report: Report) -> None:
    """Store a new report; sqlite3.IntegrityError when its id, or that of its Flag, is taken."""
    SHAPE.insert(tx, report)


def change(tx: Tx, report: int, **fields: object) -> None:
    """Change some fields of a report."""
    SHAPE.change(tx, report, **fields, updated_at=tx.now)


def find(tx: Tx, report: int) -> Report | None:
    """Return the report with this id, or None."""
    row = tx.one(_SELECT + "WHERE r.id = ?", report)
    return None if row is None else SHAPE.read(row)


def get(tx: Tx, report: int) -> Report:
    """Return the report with this id; NotFound."""
    found = find(tx, report)
    if found is None:
        raise NotFound(f"there is no complaint {report}: `smallfed reports` lists them")
    return found


def several(tx: Tx, wanted: Collection[int]) -> dict[int, Report]:
    """Return those of ``wanted`` that there are, by id."""
    rows = tx.all(_SELECT + "WHERE r.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return {report.id: report for report in each(SHAPE.read, rows)}


def newest(tx: Tx, page: Page, choice: Choice) -> list[Report]:
    """Return a page of reports, newest first."""
    where, values = "1", dict[str, object]()
    if choice.resolved is not None:
        where += f" AND r.acted_at IS {'NOT ' if choice.resolved else ''}NULL"
    if choice.by_owner is not None:
        where += f" AND r.host IS {'' if choice.by_owner else 'NOT '}NULL"
    if choice.account is not None:
        where, values["account"] = f"{where} AND r.account_id = :account", choice.account
    return list(each(SHAPE.read, cut(tx, f"{_SELECT}WHERE {where}", values, page, by="r.id")))


def count_open(tx: Tx) -> int:
    """Return how many complaints of others the owner is not done with."""
    return int(tx.one("SELECT count(*) FROM reports WHERE acted_at IS NULL AND host IS NOT NULL")[0])


def heard(tx: Tx, flag: str) -> bool:
    """Whether there is a report of this Flag."""
    return tx.one("SELECT 1 FROM reports WHERE flag = ?", flag) is not None


def count_since(tx: Tx, site: str, span: timedelta) -> int:
    """Return how many came within ``span`` from hosts of ``site``."""
    since = ms(tx.now - span)
    return int(tx.one("SELECT count(*) FROM reports WHERE site = ? AND created_at > ?", site, since)[0])


def counts(tx: Tx, since: datetime, until: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many were made, and how many done with, on each day (UTC) from ``since`` until before ``until``."""
    made, done = (
        tx.all(
            f"SELECT date({column} / 1000, 'unixepoch'), count(*) FROM reports"
            f" WHERE {column} >= ? AND {column} < ? GROUP BY 1",
            ms(since),
            ms(until),
        )
        for column in ("created_at", "acted_at")
    )
    return dict(made), dict(done)
