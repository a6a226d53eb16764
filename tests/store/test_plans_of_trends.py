"""What is read of trends and suggestions takes an index; what is counted, the posts of a few days."""

from functools import partial

from smallfed.domain.account import Account
from smallfed.services import trending
from smallfed.store import suggestions, tag_days, trends
from smallfed.store.tx import Tx
from tests.store.test_plans import plan

SMALL = {
    "CONSTANT",
    "up",
    "over",
    "owners",
    "domain_blocks",
    "trending_tags",
    "trending_posts",
    "trending_links",
    "talked",
    "stale_trends",
    "t",
    "json_each",
    "accounts",
}
SMALL |= {
    "l",
    "b",
    "r",
    "h",
    "w",
    "met",
    "ways",
    "(subquery-1)",
    "(subquery-3)",
    "(subquery-8)",
    "(subquery-9)",
}


def read(tx: Tx) -> None:
    """Ask for all that apps ask."""
    trending.tags(tx, limit=10, offset=0)
    trending.posts(tx, 1, limit=10, offset=0)
    trending.links(tx, limit=10, offset=0)
    tag_days.weeks(tx, ["cats"])
    suggestions.find(tx, 40)


def test_nothing_large_is_scanned_at_a_request(tx: Tx, owner: Account) -> None:
    scans = [step for step in plan(tx, read) if step.startswith("SCAN ")]

    newest_at_home = "SCAN posts USING INDEX posts_home"
    assert [step for step in scans if step.split()[1] not in SMALL and step != newest_at_home] == []


def test_nor_while_what_was_counted_is_in_doubt(tx: Tx, owner: Account) -> None:
    """What stood out is looked up by its name, its page or its number; only what comes of that is walked over."""
    trends.doubt(tx)

    steps = plan(tx, read)
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN ") and "posts_home" not in step}

    assert {name for name in scanned - SMALL if not name.startswith("(subquery")} == set()
    assert {
        "SEARCH h USING COVERING INDEX hashtags_name (name=? AND post_id>?)",
        "SEARCH c USING INDEX cards_page (page=?)",
        "SEARCH x USING COVERING INDEX card_posts_card (card_id=? AND post_id>?)",
        "SEARCH o USING COVERING INDEX posts_boost (boost_of_id=?)",
        "SEARCH r USING INDEX posts_parent (in_reply_to_id=? AND rowid>?)",
    } <= set(steps)


def test_the_directory_walks_an_index(tx: Tx, owner: Account) -> None:
    for order, index in (("active", "INDEX accounts_active"), ("new", "a")):
        steps = plan(tx, partial(suggestions.directory, order=order, limit=40, offset=0))

        assert any(step.endswith(index) or index in step for step in steps), steps
        assert [step for step in steps if "ORDER BY" in step] == []


def test_a_day_is_a_range_of_posts(tx: Tx, owner: Account) -> None:
    steps = plan(tx, partial(tag_days.changes, day=1))

    assert "SEARCH h USING PRIMARY KEY (post_id>? AND post_id<?)" in steps, steps
