"""Which texts are ids."""

import pytest

from smallfed.domain.numbers import number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("17", 17),
        ("9223372036854775807", (1 << 63) - 1),
        ("9223372036854775808", None),
        ("9999999999999999999", None),
        ("00000000000000000001", None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1_000", None),
        ("0x10", None),
        (" 1", None),
        ("\u0661", None),
        ("\u00b2", None),
    ],
)
def test_number(text: str, expected: int | None) -> None:
    assert number(text) == expected
