"""Message: the parts of a URL and the values of headers."""

import pytest

from smallfed.errors import Invalid, Malformed
from smallfed.protocol.signatures.message import Message, normal_host, request


@pytest.mark.parametrize(
    ("url", "scheme", "authority", "target"),
    [
        ("https://Peer.Example", "https", "peer.example", "/"),
        ("HTTPS://peer.example:443/a/b", "https", "peer.example", "/a/b"),
        ("http://peer.example:80?x", "http", "peer.example", "/?x"),
        ("https://peer.example:8443/a%2Fb?q=1?2#part?", "https", "peer.example:8443", "/a%2Fb?q=1?2"),
        ("http://[::1]:8420/inbox?", "http", "[::1]:8420", "/inbox?"),
    ],
)
def test_a_url_is_taken_apart(url: str, scheme: str, authority: str, target: str) -> None:
    assert request("post", url) == Message(method="POST", scheme=scheme, authority=authority, target=target, headers=())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/inbox",
        "ftp://peer.example/",
        "https://",
        "https:///inbox",
        "https://user@peer.example/",
        "https://peer.example\\@us.example/",
        "https://peer.example/a b",
        "https://peer.example/\r\nHost: x",
        "https://bücher.example/",
        " https://peer.example/",
    ],
)
def test_urls_that_cannot_be_asked(url: str) -> None:
    with pytest.raises(Invalid):
        request("GET", url)


def test_lines_of_a_header_are_trimmed_and_joined_in_order() -> None:
    message = request("GET", "https://peer.example/", headers=(("X", " one "), ("y", "-"), ("x", "two, three\t")))

    assert message.lines("x") == ["one", "two, three"]
    assert message.field("x") == "one, two, three"
    assert message.field("z") is None


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b", "a\r\n b"])
def test_a_line_break_in_a_header_is_malformed(value: str) -> None:
    with pytest.raises(Malformed):
        request("GET", "https://peer.example/", headers=(("x", value),)).field("x")


@pytest.mark.parametrize(
    ("scheme", "authority", "expected"),
    [
        ("https", "Us.Example:443", "us.example"),
        ("https", "us.example:80", "us.example:80"),
        ("http", "us.example:80", "us.example"),
        ("https", "us.example.", "us.example."),
    ],
)
def test_hosts_are_compared_without_the_default_port(scheme: str, authority: str, expected: str) -> None:
    assert normal_host(scheme, authority) == expected
