"""What is read of trends at a request takes an index; what is counted, the posts of a few days."""

from functools import partial

from smallfed.domain.account import Account
from smallfed.store import trends
from smallfed.store.tx import Tx
from tests.store.test_plans import plan

SMALL = {"CONSTANT", "up", "owners", "domain_blocks", "trending_tags", "t", "json_each", "accounts"}


def read(tx: Tx) -> None:
    """Ask for all that apps ask."""
    trends.tags(tx, limit=10, offset=0)
    trends.posts(tx, 1, limit=10, offset=0)
    trends.weeks(tx, ["cats"])


def test_nothing_large_is_scanned_at_a_request(tx: Tx, owner: Account) -> None:
    scans = [step for step in plan(tx, read) if step.startswith("SCAN ")]

    assert [step for step in scans if step.split()[1] not in SMALL] == []


def test_a_day_is_a_range_of_posts(tx: Tx, owner: Account) -> None:
    steps = plan(tx, partial(trends.changes, day=1))

    assert "SEARCH h USING PRIMARY KEY (post_id>? AND post_id<?)" in steps, steps
