"""Searching uses the indexes that were made for it."""

from functools import partial

from smallfed.domain.account import Account
from smallfed.store import searchables, searching, searching_posts
from smallfed.store.tx import Tx
from tests.store.test_plans import plan


def searches(tx: Tx) -> None:
    """Ask for posts, people and hashtags, and whether a post may be found."""
    query = searching_posts.Query(limit=20, max_id=1 << 60)
    searching_posts.search_posts(tx, "from:me -has:image word", query, viewer=1)
    searching.search_hashtags(tx, "wo", limit=20)
    searching.likeliest(tx, "bob", 1)
    searchables.standings(tx, [1], 1)
    searchables.expect(tx, 1, 1)


def test_people_are_searched_by_two_indexes(tx: Tx, owner: Account) -> None:
    steps = plan(tx, partial(searching.search_accounts, limit=20), "bob")

    assert [step for step in steps if "accounts_" in step] == [
        "SEARCH a USING COVERING INDEX accounts_handle (username>? AND username<?)",
        "SEARCH a USING COVERING INDEX accounts_name (name>? AND name<?)",
    ]


def test_nothing_is_scanned(tx: Tx, owner: Account) -> None:
    """But what steps to what is asked for by itself, and intermediate results."""
    small = {"search_index", "search_words", "main.search_index_config", "names", "n", "(subquery-5)"}
    small |= {
        "CONSTANT",
        "json_each",
        "up",
        "over",
        "owners",
        "domain_blocks",
        "accounts",
        "cut_off_accounts",
        "(subquery-7)",
        "(subquery-3)",
    }
    scans = [step for step in plan(tx, searches) if step.startswith("SCAN ")]

    assert [step for step in scans if step.split()[1] not in small] == []
