"""Knocks in the ledger: a line a day, host and reason, and bounds that no flood of names gets around."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.domain.knock import NOBODY, OTHERS, Knock, Knocked
from smallfed.domain.refusal import Path
from smallfed.domain.rule import Action, Verdict
from smallfed.policy import knocking
from smallfed.policy.knocking import OF_DAY, OF_DAY_KNOWN, OF_SITE, OF_SITE_KNOWN
from smallfed.policy.sites import site
from smallfed.store import hosts, knocks, refusals
from smallfed.store.refusals import Came, Which
from smallfed.store.tx import Tx
from tests import world
from tests.store.test_plans import plan

REASONS = {"time": "It was signed at another time.", "signature": "The signature is not that of the key."}


def knock(host: str, rule: str = "time", times: int = 1, method: str = "POST") -> Knock:
    return Knock(host=host, method=method, rule=f"door: {rule}", reason=REASONS[rule], times=times)


def lines(tx: Tx) -> list[tuple[str, str, str, int]]:
    return sorted(
        (one.host, one.type, one.rule, one.times) for one in refusals.newest(tx, Which(door=True), limit=9999)
    )


def test_a_line_a_day_and_reason(tx: Tx) -> None:
    """What is refused again is counted, and stands last; no line says whose it is."""
    knocks.put(tx, [knock("far.example", times=2), knock("far.example", "signature"), knock(NOBODY)])
    first = refusals.newest(tx, Which(), limit=9)
    knocks.put(world.later(tx, hours=2), [knock("far.example", times=3), knock("far.example", method="GET")])
    knocks.put(world.later(tx, days=1), [knock("far.example", times=10)])

    assert lines(tx) == [
        (NOBODY, "POST", "door: time", 1),
        ("far.example", "GET", "door: time", 1),
        ("far.example", "POST", "door: signature", 1),
        ("far.example", "POST", "door: time", 5),
        ("far.example", "POST", "door: time", 10),
    ]
    assert {(one.path, one.actor, one.activity, one.object, one.action, one.kept) for one in first} == {
        (Path.KNOCK, "", "", "", Action.REJECT, False)
    }
    assert sorted(one.who for one in first) == ["nobody says who", *["says to be of far.example"] * 2]
    assert refusals.newest(tx, Which(host="far.example"), limit=1)[0].times == 10
    assert refusals.newest(tx, Which(door=False), limit=9) == []


def test_what_is_kept_of_somebody(tx: Tx) -> None:
    for day in range(3):
        knocks.put(world.later(tx, days=1), [knock("far.example", times=day + 1), knock("other.example")])

    found = knocks.of_hosts(tx, ["far.example", OTHERS])

    assert found == [
        Knocked(
            host="far.example",
            method="POST",
            rule="door: time",
            reason=REASONS["time"],
            days=3,
            times=6,
            last_at=world.NOW + timedelta(days=3),
        )
    ]


@pytest.mark.parametrize(
    ("lines", "below", "known", "name"),
    [
        (0, 0, False, "a.b.example"),
        (OF_DAY - 1, OF_SITE - 1, False, "a.b.example"),
        (OF_DAY - 1, OF_SITE, False, "*.b.example"),
        (OF_DAY, 0, False, OTHERS),
        (OF_DAY, OF_SITE, False, OTHERS),
        (OF_DAY_KNOWN - 1, OF_SITE_KNOWN - 1, True, "a.b.example"),
        (OF_DAY, OF_SITE_KNOWN, True, "*.b.example"),
        (OF_DAY_KNOWN, 0, True, OTHERS),
    ],
)
def test_under_which_name_somebody_is_written(lines: int, below: int, known: bool, name: str) -> None:
    assert knocking.name("a.b.example", lines=lines, below=below, known=known) == name


def test_a_server_that_we_know_has_its_line_in_any_flood(tx: Tx) -> None:
    """Whether many domains come or many names below one; there is one line for all the others."""
    for name in ("friend.example", "me.hosting.example"):
        hosts.seen(tx, name)
    knocks.put(tx, [knock("early.example")])
    for hundreds in range(10):
        few = range(100 * hundreds, 100 * hundreds + 100)
        knocks.put(tx, [knock(f"x{number}.{name}") for number in few for name in ("example", "hosting.example")])

    knocks.put(tx, [knock(name) for name in ("friend.example", "me.hosting.example", "early.example", "late.example")])

    found = {host: times for host, _, _, times in lines(tx)}
    assert (found["friend.example"], found["me.hosting.example"], found["early.example"]) == (1, 1, 2)
    assert "late.example" not in found
    assert found["*.hosting.example"] == 1000 - OF_SITE
    assert len(found) == OF_DAY + 3
    assert sum(found.values()) == 2005


def test_what_was_proven_to_come_is_not_pushed_out(tx: Tx) -> None:
    """Neither by who says to be of that server nor by all of them, and what they say does not count against it."""
    came = Came(path=Path.POST, actor="https://far.example/bob", host="far.example", type="Note", object="https://f/1")
    refusals.put(tx, came, Verdict(Action.HOLD, "why", "rule"))

    for _ in range(refusals.PER_HOST):
        knocks.put(world.later(tx, days=1), [knock("far.example"), knock("far.example", "signature")])

    refusals.put(tx, came, Verdict(Action.HOLD, "why", "rule"))
    (kept,) = refusals.newest(tx, Which(door=False), limit=9)
    assert kept.times == 2
    assert len(refusals.newest(tx, Which(door=True), limit=999)) == 2 * refusals.PER_HOST


def test_the_oldest_go(tx: Tx, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is older than the ledger keeps, and what is more than there may be; sizes are true."""
    monkeypatch.setattr(knocks, "MOST", 25)
    for day in range(3):
        knocks.put(world.later(tx, days=1), [knock(f"h{day}{number}.example") for number in range(10)])

    assert Counter(host[:2] for host, _, _, _ in lines(tx)) == {"h0": 5, "h1": 10, "h2": 10}
    assert refusals.size(tx) == tx.one("SELECT sum(size) FROM refusals")[0]
    assert refusals.expire(world.later(tx, days=13), timedelta(days=14)) == 5
    assert len(lines(tx)) == 20


@settings(max_examples=20)
@given(
    floods=st.lists(
        st.lists(
            st.tuples(
                st.integers(0, 400),
                st.integers(0, 80),
                st.sampled_from(sorted(REASONS)),
                st.sampled_from(["POST", "GET"]),
            ),
            min_size=1,
            max_size=300,
        ),
        max_size=6,
    )
)
def test_no_flood_of_names_gets_around_the_bounds(floods: list[list[tuple[int, int, str, str]]]) -> None:
    """All are counted, once; the lines of a day are few in all, and of each domain."""
    tx = world.empty_tx()
    kinds = len(REASONS) * 2

    for flood in floods:
        knocks.put(tx, [knock(f"s{sub}.d{number}.example.net", rule, method=how) for number, sub, rule, how in flood])
        knocks.put(tx, [knock(f"w.d{number}.example", rule, method=how) for number, _, rule, how in flood])

    found = lines(tx)
    of_sites = Counter(site(host) for host, *_ in found if host != OTHERS)
    assert sum(times for *_, times in found) == 2 * sum(map(len, floods))
    assert len(found) <= OF_DAY + kinds
    assert max(of_sites.values(), default=0) <= OF_SITE + kinds
    assert len(found) == len({line[:3] for line in found})


def test_they_are_found_at_once(tx: Tx) -> None:
    """However long the ledger is."""
    assert plan(tx, knocks.put, [knock("far.example")])[0] == (
        "SEARCH refusals USING INDEX refusals_knocks (refused_at>?)"
    )
    assert "SEARCH refusals USING INDEX refusals_host (host=?)" in plan(tx, knocks.of_hosts, ["far.example"])
