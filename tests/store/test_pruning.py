"""Pruning: what is forgotten of other servers, and what is not."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.store import deliveries, hosts, tombstones
from smallfed.store.pruning import RULES, SLICE, Rule, prune
from smallfed.store.tx import Tx
from tests.workers.post_office import queue
from tests.world import later


def tidy(tx: Tx, table: str) -> int:
    return sum(prune(tx, rule) for rule in RULES if rule.table == table)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
def test_every_rule_can_be_applied(tx: Tx, owner: Account, rule: Rule) -> None:
    assert prune(tx, rule) == 0


def test_hosts_that_were_not_heard_of_for_long(tx: Tx) -> None:
    """Whoever has many names fills no table; for whom something waits, or who was here lately, is remembered."""
    for number in range(SLICE - 1):
        hosts.seen(tx, f"{number}.evil.example")
    queue(tx, ["https://waiting.example/inbox"], body="one")
    hosts.silent(tx, "waiting.example", until=tx.now, why="refused")
    later(tx, days=1)
    hosts.seen(tx, "lately.example")

    later(tx, days=89, hours=1)

    assert tidy(tx, "hosts") == SLICE - 1
    assert tx.all("SELECT host FROM hosts ORDER BY host") == [("lately.example",), ("waiting.example",)]


def test_what_was_undone_early_is_forgotten_by_its_index(tx: Tx) -> None:
    """Strangers can undo as much as they like: neither that nor forgetting it looks through all of it."""
    rule = next(rule for rule in RULES if rule.table == "undone")
    for number in range(3):
        tombstones.put_undone(tx, "https://far.example/users/bob", f"urn:{number}")
    asked: list[str] = []

    tx.sql.set_trace_callback(asked.append)
    tombstones.put_undone(tx, "https://far.example/users/eve", "urn:0")
    prune(tx, rule)
    tx.sql.set_trace_callback(None)

    steps = [row[3] for one in asked for row in tx.sql.execute(f"EXPLAIN QUERY PLAN {one}")]
    assert [step for step in steps if step.startswith("SCAN")] == []
    assert tidy(later(tx, days=3, seconds=1), "undone") == 4


def test_inboxes_that_were_gone_are_tried_again(tx: Tx) -> None:
    deliveries.mark_gone(tx, "https://far.example/inbox")

    assert tidy(tx, "gone_inboxes") == 0
    later(tx, seconds=(deliveries.GONE + timedelta(seconds=1)).total_seconds())
    assert tidy(tx, "gone_inboxes") == 1
