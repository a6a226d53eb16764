"""What is turned away at the door: counted without a write, and written down once for many."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.refusal import Path
from smallfed.federation.turned import ALL_MISSED, MISSED, SAMPLES, SITES, Shut, Turned, write_down
from smallfed.protocol.envelope import Envelope
from smallfed.store import refusals
from smallfed.store.refusals import UNPROVEN, Came, Which
from smallfed.store.tx import Tx
from tests import world


def envelope(number: int, *, host: str = "bad.example", actor: str | None = None) -> Envelope:
    said = f"https://{host}/notes/{number}"
    who = f"https://{host}/users/eve" if actor is None else actor
    return Envelope(id=f"{said}/activity", type="Create", actor=who, object_id=said, order_key=said)


def test_a_flood_is_a_few_lines(tx: Tx, owner: Account) -> None:
    """The first things of a host, and how many came after them; what is no id is left out."""
    turned = Turned()
    shut = Shut("bad.example", "bad.example")

    rings = [turned.note(shut, [envelope(number)]) for number in range(1000)]
    turned.note(Shut("odd.example", "*.example"), [envelope(1, actor="javascript:alert(1)", host="odd.example")])
    write_down(tx, turned.take())

    lines = sorted(refusals.newest(tx, Which(), limit=50), key=lambda one: (one.host, one.times, one.object))
    assert rings == [True, *[False] * 999]
    assert [(one.host, one.type, one.times, one.rule, one.kept) for one in lines] == [
        *[("bad.example", "Create", 1, "domain bad.example", False)] * SAMPLES,
        ("bad.example", "(more)", 1000 - SAMPLES, "domain bad.example", False),
        ("odd.example", "Create", 1, "domain *.example", False),
    ]
    assert (lines[-1].actor, lines[0].object) == ("https://odd.example/", "https://bad.example/notes/0")
    assert turned.take() == []


def test_nothing_that_was_proven_goes_for_what_was_not(tx: Tx, owner: Account) -> None:
    """Where only those are let in whom the owner allows, or long lists hold, anybody can say to be of thousands."""
    rule = Shut("bad.example", "*").verdict
    sent = Came(path=Path.INBOX, actor="https://far.example/users/bob", host="far.example", type="Create")
    proven = refusals.write(tx, sent, rule)

    def knock(number: int) -> int:
        came = Came(path=Path.DOOR, actor="", host=f"s{number}.example", type="Create")
        return refusals.write(tx, came, rule)

    for number in range(10):
        knock(number)
    world.later(tx, days=1)
    newer = {knock(number) for number in range(UNPROVEN)}

    write_down(tx, [])

    assert {number for (number,) in tx.all("SELECT id FROM refusals")} == {proven, *newer}


def test_what_may_be_missed_is_not_lost_among_the_rest() -> None:
    """Of one site some of it is written down, and of all together not too much."""
    turned, shut = Turned(), Shut("bad.example", "bad.example")
    noise, mine = ([envelope(number) for number in numbers] for numbers in (range(100), range(100, 200)))

    turned.note(shut, noise)
    turned.note(shut, mine, mine)
    for number in range(50):
        host = f"h{number}.example"
        some = [envelope(one, host=host) for one in range(MISSED)]
        turned.note(Shut(host, host), some, some)
    lines = [came for came, _ in turned.take()]

    of_one = [came for came in lines if came.host == "bad.example"]
    assert [came.missed for came in of_one] == [False] * SAMPLES + [True] * MISSED + [False]
    assert of_one[-1].times == 200 - SAMPLES - MISSED
    assert sum(came.missed for came in lines) == ALL_MISSED
    turned.note(shut, mine, mine)
    assert sum(came.missed for came, _ in turned.take()) == MISSED


def test_who_says_one_thing_over_and_over_takes_no_room_of_others() -> None:
    turned, again = Turned(), [envelope(1)]

    for _ in range(ALL_MISSED):
        turned.note(Shut("bad.example", "bad.example"), again, again)
    other = [envelope(1, host="other.example")]
    turned.note(Shut("other.example", "other.example"), other, other)

    assert [(came.host, came.times) for came, _ in turned.take() if came.missed] == [
        ("bad.example", 1),
        ("other.example", 1),
    ]


def test_many_hosts_are_not_remembered_for_ever() -> None:
    turned = Turned()

    for number in range(SITES + 100):
        turned.note(Shut(f"h{number}.example", "*"), [envelope(1, host=f"h{number}.example")])

    assert len({came.host for came, _ in turned.take()}) == SITES


@pytest.mark.parametrize(
    ("host", "row", "site"),
    [
        ("a.b.bad.example", "bad.example", "bad.example"),
        ("a.bad.example:8443", "*.bad.example", "bad.example"),
        ("a.evil.co.example", "evil.co.example", "evil.co.example"),
        ("a.evil.example", "example", "evil.example"),
        ("a.evil.example", "*.example", "evil.example"),
        ("a.evil.example", "*", "evil.example"),
        ("[2001:db8::1]:8443", "[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_by_which_name_somebody_is_counted(host: str, row: str, site: str) -> None:
    assert Shut(host, row).site == site


def test_nobody_pushes_others_out_with_subdomains() -> None:
    turned = Turned()

    for number in range(SITES * 2):
        name = f"x{number}.bad.example"
        turned.note(Shut(name, "bad.example"), [envelope(number, host=name)])
    turned.note(Shut("other.example", "other.example"), [envelope(1, host="other.example")])

    found = [(came.host, came.times) for came, _ in turned.take()]
    assert found == [
        *[(f"x{number}.bad.example", 1) for number in range(SAMPLES)],
        ("bad.example", SITES * 2 - SAMPLES),
        ("other.example", 1),
    ]
