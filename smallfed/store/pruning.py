"""What is forgotten, and when: the whole table.

Facts are never in it. The books of the queues, what was remembered for a while, and what expired by its own terms are.
"""

from datetime import timedelta

from msgspec import Struct

from smallfed.store.moments import ms
from smallfed.store.tx import Tx

SLICE = 500  # rows in one transaction, so that nobody waits for us


class Rule(Struct, frozen=True):
    """Rows of ``table`` that match ``condition`` (``?`` is the moment ``after`` ago) go, or change by ``change``."""

    table: str
    key: str
    condition: str
    after: timedelta
    change: str = ""


RULES = (
    Rule("inbound", "id", "settled_at < ? AND body IS NOT NULL", timedelta(days=7), change="body = NULL"),
    Rule("inbound", "id", "settled_at < ?", timedelta(days=30)),
    Rule("deliveries", "id", "state <> 'waiting' AND answered_at < ?", timedelta(days=7)),
    Rule(
        "bodies",
        "id",
        "created_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE body_id = bodies.id)",
        timedelta(days=7),
    ),
    Rule("undone", "activity", "created_at < ?", timedelta(days=1)),
    Rule("idempotency", "key", "created_at < ?", timedelta(days=1)),
    Rule("codes", "hash", "created_at < ?", timedelta(hours=1)),
    Rule("sessions", "hash", "expires_at < ?", timedelta(0)),
    Rule("login_failures", "key", "until < ?", timedelta(days=1)),
    Rule("mutes", "id", "expires_at < ?", timedelta(0)),
    Rule(
        "tombstones",
        "uri",
        "created_at < ? AND actor <> (SELECT uri FROM accounts WHERE local)",
        timedelta(days=365),
    ),
)


def prune(tx: Tx, rule: Rule) -> int:
    """Apply ``rule`` to at most ``SLICE`` rows; return how many there were."""
    chosen = f"{rule.key} IN (SELECT {rule.key} FROM {rule.table} WHERE {rule.condition} LIMIT {SLICE})"
    action = f"UPDATE {rule.table} SET {rule.change}" if rule.change else f"DELETE FROM {rule.table}"
    return tx.run(f"{action} WHERE {chosen}", ms(tx.now - rule.after))


def give_back(tx: Tx, pages: int = 1000) -> None:
    """Return free pages of the database file to the disk, at most so many."""
    tx.all(f"PRAGMA incremental_vacuum({pages})")
