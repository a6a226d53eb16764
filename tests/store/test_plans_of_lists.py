"""What is asked about lists of others uses the indexes made for it, however long the lists are."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.blocklist import Entry
from smallfed.domain.domain_block import Origin
from smallfed.store import blocklist_entries, blocklists, domain_blocks, findings, relations, unreckoned
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests.store.test_plans import plan

FEW = ["bad.example", "@eve@bad.example"]
ENTRY_KEY = "USING PRIMARY KEY (subject=?)"
OF_LIST = "USING INDEX blocklist_entries_list (list_id=? AND retracted_at=?)"
COVERED = OF_LIST.replace("INDEX", "COVERING INDEX")
SMALL = {
    "json_each",
    "CONSTANT",
    "l",
    "findings",
    "unreckoned",
}  # lists; whether there is any; an order


@pytest.mark.parametrize(
    ("ask", "args", "step"),
    [
        (blocklist_entries.votes, (FEW,), f"SEARCH e {ENTRY_KEY}"),
        (blocklist_entries.naming, (FEW,), f"SEARCH e {ENTRY_KEY}"),
        (blocklist_entries.words, ("bad.example",), f"SEARCH e {ENTRY_KEY}"),
        (blocklist_entries.said, (1, FEW), f"SEARCH e {OF_LIST[:-1]} AND subject=?)"),
        (blocklist_entries.subjects, (1,), f"SEARCH blocklist_entries {COVERED}"),
        (unreckoned.mark_list, (1,), f"SEARCH blocklist_entries {COVERED}"),
        (blocklist_entries.retract, (1, FEW), f"SEARCH blocklist_entries {COVERED[:-1]} AND subject=?)"),
        (blocklist_entries.hides, (), "SEARCH blocklist_entries USING PRIMARY KEY (subject>? AND subject<?)"),
        (blocklist_entries.hidden, (), "SEARCH blocklist_entries USING PRIMARY KEY (subject>? AND subject<?)"),
        (blocklist_entries.hidden_among, (FEW,), f"SEARCH blocklist_entries {ENTRY_KEY}"),
        (unreckoned.take, (200,), "SEARCH unreckoned USING PRIMARY KEY (subject=?)"),
        (blocklists.due, (), "SEARCH l USING INDEX blocklists_due (due>? AND due<?)"),
        (blocklists.taken_back, (), f"SEARCH e {COVERED}"),
        (findings.several, (FEW,), "SEARCH f USING PRIMARY KEY (subject=?)"),
        (findings.count_waiting, (), "SCAN findings USING INDEX findings_waiting"),
        (findings.agree, (FEW,), "SEARCH findings USING PRIMARY KEY (subject=?)"),
        (findings.agree_but, (FEW, 200), "SCAN findings USING INDEX findings_waiting"),
        (findings.names_people, (), "SEARCH findings USING INDEX findings_people (holds>?)"),
        (
            domain_blocks.by_lists,
            (FEW,),
            "SEARCH d USING INDEX sqlite_autoindex_domain_blocks_1 (domain=? AND origin=?)",
        ),
        (partial(domain_blocks.newest, origin=Origin.LISTS), (Page(max_id=9),), "SEARCH d USING INTEGER PRIMARY KEY"),
        (relations.relationships, ([1, 2],), "SEARCH c USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"),
    ],
)
def test_it_is_found_and_not_looked_for(
    tx: Tx, owner: Account, ask: Callable[..., Any], args: tuple[Any, ...], step: str
) -> None:
    steps = plan(tx, ask, *args)

    assert any(one.startswith(step) for one in steps), steps
    scans = {one.split()[1] for one in steps if one.startswith("SCAN ") and not one.startswith(step)}
    assert scans <= SMALL, steps


def test_what_is_forgotten_of_a_list_is_found_by_its_index(tx: Tx, owner: Account) -> None:
    for ask in (blocklist_entries.drop_some, blocklist_entries.retract_some):
        steps = plan(tx, ask, 1, 10)

        assert any("USING COVERING INDEX blocklist_entries_list (list_id=?" in step for step in steps), steps


def test_whether_a_server_is_blocked_costs_the_same_beside_a_long_list(tx: Tx, owner: Account) -> None:
    """A look at the names above it."""
    unreckoned.mark(tx, [Entry(subject=f"spam{number}.example").subject for number in range(500)])

    steps = plan(tx, domain_blocks.covers, "deep.bad.example")

    assert any(step.startswith("SEARCH domain_blocks USING") for step in steps), steps
    assert [step for step in steps if step.startswith("SCAN domain_blocks")] == []
