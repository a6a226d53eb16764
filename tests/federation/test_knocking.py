"""What is refused at the door before anybody is believed: counted by reason and by whom they say to be."""

import sys

import pytest
import trio
from trio.testing import MockClock

from smallfed import errors
from smallfed.domain.knock import NOBODY, OTHERS
from smallfed.errors import Malformed, SmallfedError, TooMany, Unauthenticated, Unavailable
from smallfed.federation.callers import CALLERS
from smallfed.federation.exchange import Ambiguous, LongAddress, LongHead, Request, Unsupported
from smallfed.federation.front import STATUS
from smallfed.federation.knocking import MOST, REASONS, Elsewhere, KeptOut, Knocking, claimed
from smallfed.policy.knocking import BY_CALLER
from smallfed.protocol.signatures.kinds import Forged, Untimely
from smallfed.runtime.clock import VirtualClock
from smallfed.workers.keys import KeyUnreachable, NoKey
from tests.world import NOW

UNTIMELY = Untimely("The date of the signature is long ago.")


async def never() -> dict[str, object]:
    raise AssertionError("nobody reads the body again")


def request(key_id: str = "", *, caller: str = "198.51.100.7", **headers: str) -> Request:
    """Return a request that names a key, if any, in the words of the old draft."""
    signature = f'keyId="{key_id}",headers="(request-target) host date",signature="AAAA"'
    lines = {**({"signature": signature} if key_id else {}), **headers}
    return Request(
        method="POST",
        path="/inbox",
        target="/inbox",
        query="",
        headers=tuple(lines.items()),
        caller=caller,
        receive=never,
    )


@pytest.fixture
def knocking() -> Knocking:
    return Knocking(VirtualClock(NOW))


def counted(knocking: Knocking) -> list[tuple[str, str, int]]:
    return sorted((each.host, each.rule, each.times) for each in knocking.take())


@pytest.mark.parametrize(
    ("asked", "said", "host"),
    [
        (request("https://far.example/users/bob#main-key"), "", "far.example"),
        (request("https://Far.Example:8443/k"), "https://other.example/users/eve", "far.example:8443"),
        (request("https://[2001:DB8::1]/k"), "", "[2001:db8::1]"),
        (request("https://bücher.example/k".encode().decode("latin-1")), "", NOBODY),
        (request(), "https://other.example/users/eve", "other.example"),
        (request("acct:bob@far.example"), "https://other.example/users/eve", "other.example"),
        (request(signature="what?"), "https://other.example/users/eve", "other.example"),
        (request(signature="what?"), "", NOBODY),
        (request(), "javascript:alert(1)", NOBODY),
        (request('https://<b>"/k'), "", NOBODY),
        (request(f"https://{'a' * 300}.example/k"), "", NOBODY),
        (request(), "", NOBODY),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.headers)[:30],
)
def test_of_which_server_somebody_says_to_be(asked: Request, said: str, host: str) -> None:
    assert claimed(asked, said) == host


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (Forged(""), "door: signature"),
        (UNTIMELY, "door: time"),
        (NoKey(""), "door: key"),
        (KeyUnreachable(""), "door: unreachable"),
        (Elsewhere(""), "door: origin"),
        (Unauthenticated(""), "door: weak"),
        (Malformed(""), "door: malformed"),
        (Unsupported(""), "door: type"),
        (errors.TooLarge(""), "door: size"),
        (TooMany("", retry_after=1), "door: rate"),
        (Unavailable(""), "door: full"),
        (errors.Forbidden(""), "door: forbidden"),
        (KeptOut(""), "door: kept out"),
        (errors.Conflict(""), "door: other"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_each_kind_has_its_reason(knocking: Knocking, error: SmallfedError, rule: str) -> None:
    knocking.note(error, request("https://far.example/k"))

    assert counted(knocking) == [("far.example", rule, 1)]


@pytest.mark.parametrize(
    ("error", "rule"),
    [(LongAddress(""), "door: address"), (LongHead(""), "door: head"), (Ambiguous(""), "door: framing")],
)
async def test_what_is_refused_by_its_form_is_of_nobody(knocking: Knocking, error: SmallfedError, rule: str) -> None:
    """Whoever sends it may call the method what they like."""
    methods = ["GET", "POST", "POST", *(f"X{number}" for number in range(2 * MOST))]
    rings = [knocking.note_unread(error, method) for method in methods]

    found = {(knock.host, knock.method, knock.rule, knock.times) for knock in knocking.take()}

    assert found == {(NOBODY, "GET", rule, 1), (NOBODY, "POST", rule, 2), (NOBODY, "other", rule, 2 * MOST)}
    assert rings == [True] + [False] * (2 * MOST + 2)


def test_all_reasons_differ_and_are_answered_with_a_status() -> None:
    assert (
        len({rule for rule, _ in REASONS.values()}) == len({reason for _, reason in REASONS.values()}) == len(REASONS)
    )
    assert [kind for kind in REASONS if kind is not SmallfedError and STATUS.keys().isdisjoint(kind.__mro__)] == []


async def test_the_first_of_them_is_told_apart(knocking: Knocking) -> None:
    """That rings the bell."""
    rings = [knocking.note(UNTIMELY, request("https://far.example/k")) for _ in range(3)]
    taken = counted(knocking)

    assert rings == [True, False, False]
    assert taken == [("far.example", "door: time", 3)]
    assert counted(knocking) == []
    assert knocking.note(UNTIMELY, request("https://far.example/k"))


async def test_one_address_has_few_names_a_day(autojump_clock: MockClock, knocking: Knocking) -> None:
    """However often what was counted is written down meanwhile; others are not concerned. It is a day that counts."""
    for number in range(500):
        knocking.note(UNTIMELY, request(f"https://h{number}.example/k"))
    first = counted(knocking)
    for name in ("more", "h0"):
        knocking.note(UNTIMELY, request(f"https://{name}.example/k"))
    knocking.note(UNTIMELY, request("https://honest.example/k", caller="198.51.100.8"))
    knocking.note(UNTIMELY, request(caller="198.51.100.7"))
    again = counted(knocking)
    await trio.sleep(86_400)
    knocking.note(UNTIMELY, request("https://more.example/k"))

    assert first == [
        (OTHERS, "door: time", 500 - BY_CALLER),
        *sorted((f"h{number}.example", "door: time", 1) for number in range(BY_CALLER)),
    ]
    assert [host for host, _, _ in again] == [NOBODY, OTHERS, "h0.example", "honest.example"]
    assert counted(knocking) == [("more.example", "door: time", 1)]


async def test_a_network_is_one_address(knocking: Knocking) -> None:
    for number in range(100):
        knocking.note(UNTIMELY, request(f"https://h{number}.example/k", caller=f"2001:db8::{number:x}"))

    assert len(counted(knocking)) == BY_CALLER + 1


async def test_a_flood_from_everywhere_is_told_apart_to_a_degree(knocking: Knocking) -> None:
    """And remembered to a degree."""
    for number in range(CALLERS * 3):
        asked = request(f"https://h{number}.example/k", caller=f"10.{number >> 8}.{number & 255}.1")
        knocking.note(UNTIMELY, asked)
    knocking.note(UNTIMELY, request("https://h1.example/k"))

    found = counted(knocking)

    assert len(found) == MOST + 1
    assert (OTHERS, "door: time", CALLERS * 3 - MOST) in found
    assert ("h1.example", "door: time", 2) in found
    assert len(knocking._names) == CALLERS
    assert sys.getsizeof({f"{number}.example" for number in range(BY_CALLER)}) < 3000  # times CALLERS: a few MB
