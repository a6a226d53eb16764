"""For whom a request is counted."""

import pytest

from smallfed.federation.callers import LONGEST, UNIX, Names, neighbourhood
from smallfed.policy.knocking import BY_CALLER
from smallfed.runtime.clock import VirtualClock
from tests.world import NOW


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (UNIX, UNIX),
        ("", ""),
    ],
)
def test_many_addresses_of_one_line_are_one(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


async def test_somebody_says_so_many_names_a_day() -> None:
    clock = VirtualClock(NOW)
    names = Names(clock)

    said = [names.admit("192.0.2.7", f"s{number}.example") for number in range(BY_CALLER + 1)]

    assert said == [True] * BY_CALLER + [False]
    assert names.admit("192.0.2.7", "s0.example")
    assert names.admit("192.0.2.8", f"s{BY_CALLER}.example")


def test_what_is_too_long_to_be_a_name_is_not_remembered() -> None:
    """Of two thousand callers and twenty names each."""
    names = Names(VirtualClock(NOW))

    assert not names.admit("192.0.2.7", f"{'x' * LONGEST}.example")
    assert len(names) == 0
