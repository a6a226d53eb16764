"""What is registered of a host: probably."""

import pytest

from smallfed.policy.sites import registrable, site


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("far.example", "far.example"),
        ("a.b.far.example", "far.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("somebody.co.uk", "co.uk"),
    ],
)
def test_registrable(host: str, domain: str) -> None:
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("host", "name"), [("a.far.example:8443", "far.example"), ("[2001:db8::1]:8443", "2001:db8::1")]
)
def test_a_port_makes_nobody_another(host: str, name: str) -> None:
    assert site(host) == name
