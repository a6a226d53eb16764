"""What is typed is found however it is typed."""

import pytest

from smallfed.errors import Invalid
from smallfed.services import naming


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("https://Far.example/@bob/1", "https://far.example/@bob/1"),
        ("https://bücher.example/1", "https://xn--bcher-kva.example/1"),
        (" @bob@Far.example ", "@bob@far.example"),
        ("acct:bob@bücher.example", "@bob@xn--bcher-kva.example"),
        ("Far.example", "far.example"),
        ("@far.example", "far.example"),
        ("far.example:443", "far.example"),
        ("far.example:8443", "far.example:8443"),
        ("https://far.example/", "far.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[2001:DB8::1]", "[2001:db8::1]"),
    ],
)
def test_what_is_meant(typed: str, spelt: str) -> None:
    assert naming.thing(typed) == spelt


@pytest.mark.parametrize(
    "typed", ["", "nonsense", "@", "@@", "bob@", "two words.example", "ftp://far.example/", "x" * 10_000]
)
def test_what_is_nothing(typed: str) -> None:
    """It is said clearly, and not at length."""
    with pytest.raises(Invalid, match=r"is no address|is nobody") as error:
        naming.thing(typed)
    assert len(error.value.message) < 400
