"""What the owner does about complaints."""

from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import Flag
from smallfed.domain.report import Category, Deed, Report
from smallfed.errors import Invalid
from smallfed.services import moderating, reporting, resolving
from smallfed.services.moderating import Wish
from smallfed.services.resolving import Action
from smallfed.store import blocks, domain_blocks, mutes, posts, reports
from smallfed.store.paging import Page
from smallfed.store.reports import Choice
from smallfed.store.tx import Tx
from tests.world import say

REPORTER = "https://bad.example/users/eve"


@pytest.fixture
def own(lively: Tx, bob: Account) -> Report:
    """Return a complaint of the owner about bob."""
    return reporting.file(lively, bob, named=(), comment="", category=Category.SPAM, rules=(), forward=())


def about(tx: Tx, owner: Account, *named: str) -> Report:
    """Return a complaint about the owner that came just now."""
    assert (
        reporting.receive(
            tx, Flag(id=f"{REPORTER}#{len(named)}", actor=REPORTER, objects=(owner.uri, *named), comment="")
        )
        is None
    )
    return reports.newest(tx, Page(limit=1), Choice())[0]


def state(tx: Tx, owner: Account, bob: Account) -> dict[str, Any]:
    there = {row.domain: (row.severity, row.mute) for row in domain_blocks.newest(tx, Page(limit=10))}
    return {"blocked": blocks.has(tx, owner.id, bob.id), "muted": mutes.find(tx, bob.id) is not None, "servers": there}


@pytest.mark.parametrize(
    ("wanted", "then", "deeds"),
    [
        (Action(block=True), {"blocked": True, "muted": False, "servers": {}}, (Deed.BLOCKED,)),
        (Action(mute=True), {"blocked": False, "muted": True, "servers": {}}, (Deed.MUTED,)),
        (
            Action(limit=True, block=True),
            {"blocked": True, "muted": False, "servers": {"far.example": (Severity.SILENCE, False)}},
            (Deed.BLOCKED, Deed.LIMITED),
        ),
    ],
)
def test_of_others(
    lively: Tx, owner: Account, bob: Account, own: Report, wanted: Action, then: object, deeds: tuple[Deed, ...]
) -> None:
    """It is about the person, and their server where that is meant."""
    done = resolving.act(lively, own.id, wanted)

    assert (done.deeds, done.acted_at) == (deeds, lively.now)
    assert state(lively, owner, bob) == then


def test_no_answer_lifts_the_block_of_a_server(lively: Tx, owner: Account, bob: Account, own: Report) -> None:
    """Whoever is kept away already is not let in by being limited."""
    moderating.set_up(lively, bob.host, Wish(severity=Severity.SUSPEND))

    resolving.act(lively, own.id, Action(limit=True))

    assert state(lively, owner, bob)["servers"] == {bob.host: (Severity.SUSPEND, False)}


def test_nor_does_one_to_a_server_that_complains(lively: Tx, owner: Account, bob: Account) -> None:
    report = about(lively, owner)
    moderating.set_up(lively, "bad.example", Wish(severity=Severity.SUSPEND))

    resolving.act(lively, report.id, Action(limit=True, mute=True))

    assert state(lively, owner, bob)["servers"] == {"bad.example": (Severity.SUSPEND, True)}


@pytest.mark.parametrize(
    ("wanted", "then"),
    [
        (Action(block=True), (Severity.SUSPEND, False)),
        (Action(limit=True), (Severity.SILENCE, False)),
        (Action(mute=True), (Severity.NOOP, True)),
    ],
)
def test_of_the_owner(lively: Tx, owner: Account, bob: Account, wanted: Action, then: object) -> None:
    """It is about the server that complains: nobody else is known."""
    report = about(lively, owner)

    resolving.act(lively, report.id, wanted)

    assert state(lively, owner, bob)["servers"] == {"bad.example": then}


def test_own_posts_go(lively: Tx, owner: Account) -> None:
    """Those that are complained of, one or all, and no other."""
    first, second, third = [say(lively, owner, id=number, uri=f"{owner.uri}/notes/{number}") for number in (71, 72, 73)]
    report = about(lively, owner, first.uri, second.uri)

    with pytest.raises(Invalid, match="it names 71, 72"):
        resolving.act(lively, report.id, Action(delete=(str(third.id),)))
    one = resolving.act(lively, report.id, Action(delete=(str(first.id),)))
    resolving.act(lively, report.id, Action(delete=("all",)))

    assert one.deeds == (Deed.DELETED,)
    assert set(posts.several(lively, [71, 72, 73])) == {73}


def test_nothing_is_no_action(lively: Tx, own: Report) -> None:
    with pytest.raises(Invalid, match="say what is to be done"):
        resolving.act(lively, own.id, Action())
    with pytest.raises(Invalid, match="is yours"):
        resolving.act(lively, own.id, Action(delete=("all",)))

    assert reports.get(lively, own.id) == own


def test_dismissed_and_opened_again(lively: Tx, own: Report) -> None:
    """What was done stays said; that there was nothing in it does not."""
    resolving.dismiss(lively, own.id)
    again = reporting.reopen(lively, own.id)
    resolving.act(lively, own.id, Action(mute=True))
    last = reporting.reopen(lively, own.id)

    assert (again.deeds, again.acted_at) == ((), None)
    assert last.deeds == (Deed.MUTED,)
