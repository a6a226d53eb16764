"""For whom a request is counted."""

import pytest

from smallfed.federation.callers import UNIX, neighbourhood


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
