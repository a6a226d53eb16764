"""Pauses after wrong passwords."""

from datetime import timedelta

import pytest

from smallfed.policy import pausing


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (9, 240), (10, 300), (10_000, 300)]
)
def test_pauses_grow_up_to_the_longest(failures: int, seconds: int) -> None:
    assert pausing.pause(failures, pausing.ACCOUNT) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("caller", "key"),
    [
        ("192.0.2.1", "address:192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
        ("unix", "address:unix"),
    ],
)
def test_an_address_is_counted_by_its_network(caller: str, key: str) -> None:
    assert pausing.address_key(caller) == key
