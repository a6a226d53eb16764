"""Sizes in bytes, for people."""

import pytest

from smallfed.text.sizes import size


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_950, "10 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (10 * 10**9, "10 GB"),
        (1_500_000_000_000_000, "1500 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text
