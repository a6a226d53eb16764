"""What is forgotten, and when: the whole table.

Facts are never in it. The books of the queues, what was remembered for a while, and what expired by its own terms are.
"""

from datetime import timedelta

from msgspec import Struct

from smallfed.store.deliveries import GONE
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

SLICE = 500  # rows in one transaction, so that nobody waits for us


class Rule(Struct, frozen=True):
    """Rows of ``table`` that match ``condition`` go; ``?`` in it is the moment ``after`` ago. ``key``: its columns."""

    table: str
    key: str
    condition: str
    after: timedelta


RULES = (
    Rule("letters", "inbound_id", "inbound_id IN (SELECT id FROM inbound WHERE settled_at < ?)", timedelta(days=7)),
    Rule("inbound", "id", "settled_at < ?", timedelta(days=30)),
    Rule(
        "deliveries",
        "id",
        "state <> 'waiting' AND answered_at < ? AND body_id NOT IN (SELECT body_id FROM farewells WHERE body_id)",
        timedelta(days=7),
    ),
    Rule(
        "bodies",
        "id",
        "created_at < ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE body_id = bodies.id)",
        timedelta(days=7),
    ),
    Rule("gone_inboxes", "inbox", "gone_at < ?", GONE),
    Rule(
        "hosts",  # strangers can have as many names as they like
        "host",
        "next_due IS NULL AND max(ifnull(last_seen_at, 0), ifnull(last_ok_at, 0), ifnull(failing_since, 0)) < ?",
        timedelta(days=90),
    ),
    Rule("synchronizations", "account_id", "heard_at < ?", timedelta(days=1)),
    Rule("pushes", "id", "state = 'failed' AND answered_at < ?", timedelta(days=7)),
    Rule("forwards", "actor, activity", "created_at < ?", timedelta(days=30)),
    Rule("undone", "actor, activity", "created_at < ?", timedelta(days=3)),
    Rule("conversations", "uri", "begun_at < ?", timedelta(days=30)),
    Rule("conversation_spending", "day", "CAST(strftime('%s', day) AS INTEGER) * 1000 < ?", timedelta(days=30)),
    Rule("idempotency", "key", "created_at < ?", timedelta(days=1)),
    Rule("codes", "hash", "created_at < ?", timedelta(hours=1)),
    Rule("sessions", "hash", "expires_at < ?", timedelta(0)),
    Rule("halfway", "hash", "until < ?", timedelta(0)),
    Rule("spent_challenges", "hash", "spent_at < ?", timedelta(hours=1)),
    Rule("blocklist_entries", "subject, list_id", "retracted_at < ?", timedelta(days=90)),
    Rule("rules", "id", "expires_at < ?", timedelta(days=30)),
    Rule("login_failures", "key", "until < ?", timedelta(days=1)),
    Rule("mutes", "id", "expires_at < ?", timedelta(0)),
    Rule(
        "tombstones",
        "uri",
        "created_at < ? AND actor <> (SELECT uri FROM accounts WHERE local)",
        timedelta(days=365),
    ),
)


def due(tx: Tx) -> list[Rule]:
    """Return the rules by which something has to go now."""
    return [rule for rule in RULES if tx.one(f"SELECT EXISTS ({_chosen(rule, 1)})", ms(tx.now - rule.after))[0]]


def prune(tx: Tx, rule: Rule) -> int:
    """Apply ``rule`` to at most ``SLICE`` rows; return how many there were."""
    chosen = _chosen(rule, SLICE)
    return tx.run(f"DELETE FROM {rule.table} WHERE ({rule.key}) IN ({chosen})", ms(tx.now - rule.after))


def _chosen(rule: Rule, limit: int) -> str:
    return f"SELECT {rule.key} FROM {rule.table} WHERE {rule.condition} LIMIT {limit}"


def give_back(tx: Tx) -> int:
    """Return at most ``SLICE`` free pages of the database file to the disk; return how many there were.

    Python's sqlite3 takes one step of a statement without columns, and one step of this one frees one page.
    """
    free: int = tx.one("PRAGMA freelist_count")[0]
    for _ in range(min(free, SLICE)):
        tx.run("PRAGMA incremental_vacuum(1)")
    left: int = tx.one("PRAGMA freelist_count")[0]
    return free - left
