"""Which URIs are kept, and which have one origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.domain import uris


@pytest.mark.parametrize(
    "uri",
    ["https://a.example", "HTTP://A.example/x?y#z", "https://[2001:db8::1]:8443/", "https://a.example:8443/ä/%20"],
)
def test_web(uri: str) -> None:
    """What is an http(s) URL stays as it is."""
    assert uris.web(uri) == uri


@pytest.mark.parametrize(
    "uri",
    [
        None,
        "",
        "a.example",
        "//a.example/",
        "https://",
        "https:///path",
        "ftp://a.example/",
        "javascript:alert(1)//https://a.example",
        "https://user@a.example/",
        "https://user:password@a.example/",
        "https://a.example:port/",
        "https://a.example/with space",
        "https://a.example\\@b.example/",
        "https://a.example/\n",
        "https://a.example./",
        "https://a.example.:8443/",
        " https://a.example/",
        "https://a.example/" + "x" * uris.LONGEST,
    ],
)
def test_not_web(uri: str | None) -> None:
    """Anything else is nothing we keep."""
    assert uris.web(uri) is None
    assert uris.origin(uri) is None
    assert uris.host(uri) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/1", "https://A.EXAMPLE:443/2?x", True),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", True),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://a.example:8443/", False),
        ("https://a.example/", "https://a.example.evil/", False),
        ("https://mastodon.so/cial", "https://mastodon.social", False),
        ("https://[2001:db8::1]/", "https://[2001:DB8:0::1]:443/", True),
        ("https://[2001:db8:::1]/", "https://[2001:db8:::1]/", False),
        ("tag:x", "tag:x", False),
        (None, None, False),
    ],
)
def test_same_origin(one: str | None, other: str | None, same: bool) -> None:
    """Scheme, host and port decide; what has no origin shares none."""
    assert uris.same_origin(one, other) is same


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("https://A.example:443/", "a.example"),
        ("http://a.example:8420/", "a.example:8420"),
        ("https://Bücher.example", "xn--bcher-kva.example"),
        ("https://[2001:DB8:0:0::1]/", "[2001:db8::1]"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("https://192.0.2.7:8443/", "192.0.2.7:8443"),
    ],
)
def test_host(uri: str, host: str) -> None:
    """The port is part of it where it is not the scheme's own."""
    assert uris.host(uri) == host


@given(st.text(max_size=40).map(lambda text: f"https://{text}"))
def test_any_text(text: str) -> None:
    """No text raises."""
    assert (uris.origin(text) is None) or uris.web(text) == text


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        ("HTTPS://Bücher.example/Ä?x#Y", "https://xn--bcher-kva.example/Ä?x#Y"),
        ("http://a.example:80", "http://a.example"),
        ("https://A.example:8443?x=/", "https://a.example:8443?x=/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_spelt(url: str, spelt: str) -> None:
    assert uris.spelt(url) == spelt
