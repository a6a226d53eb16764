"""How much may be fetched, and on whose behalf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain.uris import bare
from smallfed.errors import TooMany
from smallfed.policy.budgets import FETCHES, SECONDS, Buckets, Budgets, Errand, Purpose


def allowed(budgets: Budgets, purpose: Purpose, hosts: list[str], now: float = 0.0) -> int:
    """How many fetches, each an errand of its own, are allowed."""
    count = 0
    for host in hosts:
        try:
            budgets.spend(Errand(purpose, now), host, now)
        except TooMany:
            continue
        count += 1
    return count


@pytest.mark.parametrize("purpose", [Purpose.KEY, Purpose.STRANGER])
def test_a_host_is_asked_sixty_times_a_minute_for_strangers(purpose: Purpose) -> None:
    budgets = Budgets()

    assert allowed(budgets, purpose, ["far.example"] * 100) == 60
    assert allowed(budgets, purpose, ["far.example"] * 100, now=30.0) == 30
    assert allowed(budgets, purpose, ["other.test"] * 100, now=30.0) == 60


def test_ports_are_no_way_around() -> None:
    assert allowed(Budgets(), Purpose.STRANGER, [f"far.example:{port}" for port in range(1000, 1100)]) == 60


def test_redirects_belong_to_a_fetch_that_was_paid_for() -> None:
    """Hosts pay for each of them, and they take no longer than the errand may."""
    budgets, errand = Budgets(), Errand(Purpose.VIEW, 0.0)

    budgets.spend(errand, "far.example", 0.0)
    for _ in range(5):
        budgets.spend(errand, "cdn.example", 0.0, onward=True)

    with pytest.raises(TooMany):
        budgets.spend(errand, "far.example", 0.0)
    with pytest.raises(TooMany):
        budgets.spend(errand, "cdn.example", SECONDS[Purpose.VIEW], onward=True)


def test_wildcard_subdomains_share_a_budget() -> None:
    assert allowed(Budgets(), Purpose.STRANGER, [f"h{n}.far.example" for n in range(500)]) == 240


def test_strangers_do_not_use_up_what_the_owner_needs() -> None:
    budgets = Budgets()
    allowed(budgets, Purpose.STRANGER, ["far.example"] * 100)

    assert allowed(budgets, Purpose.OWNER, ["far.example"] * 100) == 20
    assert allowed(budgets, Purpose.OWNER, ["far.example"] * 100, now=1.0) == 10


def test_limits_can_be_switched_off() -> None:
    assert allowed(Budgets(enabled=False), Purpose.STRANGER, ["far.example"] * 500) == 500


@pytest.mark.parametrize("purpose", Purpose)
def test_an_errand_ends_by_number(purpose: Purpose) -> None:
    budgets, errand = Budgets(enabled=False), Errand(purpose, 0.0)
    for number in range(FETCHES[purpose]):
        budgets.spend(errand, f"h{number}.example", 0.0)

    with pytest.raises(TooMany):
        budgets.spend(errand, "far.example", 0.0)


@pytest.mark.parametrize("purpose", Purpose)
def test_an_errand_ends_by_time(purpose: Purpose) -> None:
    errand = Errand(purpose, 5.0)

    with pytest.raises(TooMany):
        Budgets(enabled=False).spend(errand, "far.example", 5.0 + SECONDS[purpose])


def test_who_must_wait_is_told_how_long() -> None:
    budgets = Budgets()
    allowed(budgets, Purpose.STRANGER, ["far.example"] * 60)

    with pytest.raises(TooMany) as caught:
        budgets.spend(Errand(Purpose.STRANGER, 0.25), "far.example", 0.25)

    assert caught.value.retry_after == pytest.approx(0.75)


def test_memory_is_bounded() -> None:
    buckets = Buckets(rate=1.0, burst=2, remembered=10)

    for number in range(1000):
        buckets.take(f"h{number}", 0.0)

    assert len(buckets) == 10


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_never_more_than_burst_and_rate(waits: list[float]) -> None:
    """Whatever the rhythm: in any stretch of time no more is taken than burst and rate together give."""
    buckets, now, taken = Buckets(rate=2.0, burst=5), 0.0, 0
    for wait in waits:
        now += wait
        if buckets.wait("h", now) == 0:
            buckets.take("h", now)
            taken += 1

    assert taken <= 5 + 2.0 * now + 1e-6


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("far.example", "far.example"),
        ("far.example:8443", "far.example"),
        ("[::1]", "[::1]"),
        ("[::1]:8443", "[::1]"),
    ],
)
def test_bare(host: str, name: str) -> None:
    assert bare(host) == name
