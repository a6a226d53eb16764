"""What becomes of notifications of strangers: the owner's policy, who waits to be heard, who may always be heard.

A request stands as long as something of its account is filtered that was addressed to the owner.
"""

from typing import Any

from smallfed.domain.notification import SPOKEN, Policy, Request
from smallfed.errors import NotFound
from smallfed.store import accounts, ids
from smallfed.store.moments import moment, ms
from smallfed.store.paging import Page, cut
from smallfed.store.rows import Shape, each, listed
from smallfed.store.tx import Tx

MOST = 100  # more are not counted
_POLICY = Shape(Policy, "notification_policies")
_KEPT = "FROM notifications k WHERE k.account_id = r.account_id AND k.filtered AND k.type IN ('mention', 'quote')"
_COUNT = f"(SELECT count(*) FROM (SELECT 1 {_KEPT} LIMIT {MOST}))"
_SELECT = f"""SELECT r.id, {_COUNT}, (SELECT k.post_id {_KEPT} ORDER BY k.id DESC LIMIT 1), r.created_at, r.updated_at,
    {", ".join(f"a.{name}" for name in accounts.COLUMNS)}
    FROM notification_requests r JOIN accounts a ON a.id = r.account_id WHERE EXISTS (SELECT 1 {_KEPT})"""


# The policy -----------------------------------------------------------------------------------------------------------
def policy(tx: Tx) -> Policy:
    """Return how the owner wants notifications handled."""
    row = tx.one(f"SELECT {_POLICY.columns('p')} FROM notification_policies p")
    return Policy() if row is None else _POLICY.read(row)


def put_policy(tx: Tx, wanted: Policy) -> None:
    """Store how the owner wants notifications handled."""
    tx.run("DELETE FROM notification_policies")
    _POLICY.insert(tx, wanted)


def permitted(tx: Tx, account: int) -> bool:
    """Whether the owner has said to want to hear of an account."""
    return tx.one("SELECT 1 FROM notification_permissions WHERE account_id = ?", account) is not None


def permit(tx: Tx, account: int) -> None:
    """Note that the owner wants to hear of an account."""
    tx.run("INSERT OR IGNORE INTO notification_permissions (account_id, created_at) VALUES (?, ?)", account, ms(tx.now))


def forbid(tx: Tx, account: int) -> None:
    """Forget that the owner wanted to hear of an account."""
    tx.run("DELETE FROM notification_permissions WHERE account_id = ?", account)


# Requests -------------------------------------------------------------------------------------------------------------
def note(tx: Tx, type_: str, account: int) -> None:
    """Note that something of ``account`` was filtered just now: what says something to the owner makes a request."""
    if type_ not in SPOKEN:
        return
    tx.run(
        "INSERT INTO notification_requests (id, account_id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)"
        " ON CONFLICT (account_id) DO UPDATE SET updated_at = excluded.updated_at",
        ids.fresh(tx, "notification_requests"),
        account,
        ms(tx.now),
    )


def sweep(tx: Tx, account: int) -> None:
    """Remove the request of an account of which nothing is filtered any more."""
    tx.run(f"DELETE FROM notification_requests AS r WHERE r.account_id = ? AND NOT EXISTS (SELECT 1 {_KEPT})", account)


def newest(tx: Tx, page: Page) -> list[Request]:
    """Return a page of requests, newest first."""
    return list(each(_read, cut(tx, _SELECT, {}, page, by="r.id")))


def several(tx: Tx, wanted: list[int]) -> list[Request]:
    """Return the requests with these ids; unknown ones are left out."""
    rows = tx.all(f"{_SELECT} AND r.id IN (SELECT value FROM json_each(?))", listed(wanted))
    return [_read(row) for row in rows]


def get(tx: Tx, request: int) -> Request:
    """Return the request with this id; NotFound."""
    found = several(tx, [request])
    if not found:
        raise NotFound("Record not found")
    return found[0]


def pending(tx: Tx) -> tuple[int, int]:
    """Return (how many requests there are, at most 100, how many notifications they stand for)."""
    row = tx.one(
        f"SELECT count(*), ifnull(sum(many), 0) FROM (SELECT {_COUNT} AS many FROM notification_requests r"
        f" WHERE many LIMIT {MOST})"
    )
    return int(row[0]), int(row[1])


def _read(row: tuple[Any, ...]) -> Request:
    return Request(
        id=row[0],
        count=row[1],
        last_post_id=row[2],
        created_at=moment(row[3]),
        updated_at=moment(row[4]),
        account=accounts.from_row(row[5:]),
    )
