"""Reading the URLs that are asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.policy.targets import Refused, Target, follow, read


@pytest.mark.parametrize(
    ("url", "authority", "port", "path"),
    [
        ("https://example.org", "example.org", 443, "/"),
        ("HTTPS://Example.ORG/A?b#c", "example.org", 443, "/A?b"),
        ("https://example.org:443/a", "example.org", 443, "/a"),
        ("https://example.org:/a", "example.org", 443, "/a"),
        ("https://example.org:8443/a", "example.org:8443", 8443, "/a"),
        ("https://example.org?", "example.org", 443, "/?"),
        ("https://example.org/?q=%7e+a&b=;c==%", "example.org", 443, "/?q=%7e+a&b=;c==%"),
        ("https://example.org/a/../b//c", "example.org", 443, "/a/../b//c"),
        ("https://example.org/tags/grün?ü", "example.org", 443, "/tags/gr%C3%BCn?%C3%BC"),
        ("https://bücher.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://BÜCHER.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/"),
        ("https://localhost:3000/", "localhost:3000", 3000, "/"),
        ("https://192.0.2.7/", "192.0.2.7", 443, "/"),
        ("https://[2001:DB8::0:1]:444/", "[2001:db8::1]:444", 444, "/"),
    ],
)
def test_a_url_is_read(url: str, authority: str, port: int, path: str) -> None:
    target = read(url, allow_http=False)

    assert isinstance(target, Target)
    assert (target.authority, target.port, target.path) == (authority, port, path)
    assert target.wire == f"https://{authority}{path}"
    assert target.url == url.partition("#")[0]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "https:example.org",
        "https:///path",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:text/plain,hi",
        "javascript:alert(1)",
        "https://user@example.org/",
        "https://user:pw@example.org/",
        "https://example.org@evil.example/",
        "https://example.org\\@evil.example/",
        "https://example.org/a b",
        "https://example.org/\r\nHost: x",
        "https://example.org/\tx",
        " https://example.org/",
        "https://exa\nmple.org/",
        "https://example.org\x00/",
        "https://example..org/",
        "https://.example.org/",
        "https://example.org./",
        "https://-a.example/",
        "https://a_b.example/",
        "https://ex%61mple.org/",
        "https://exa mple.org/",
        "https://*.example/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:8 0/",
        "https://example.org:+80/",
        "https://example.org:80:80/",
        "https://example.org:８０/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://1.2.3.4.5/",
        "https://a.b.0/",
        "https://[::1/",
        "https://::1/",
        "https://[::1%25eth0]/",
        "https://[::ffff:192.0.2.7]/",
        "https://[64:ff9b::192.0.2.7]/",
        "https://[2002:c000:207::1]/",
        "https://[::1%eth0]/",
        "https://[1.2.3.4]/",
        "https://[::1]x/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://example.org/" + "a" * 8192,
        "https://\ud800.example/",
        "https://xn--\u00fc.example/",
    ],
)
def test_what_is_not_asked_for(url: str) -> None:
    assert isinstance(read(url, allow_http=False), Refused)


def test_http_is_for_laboratories() -> None:
    target = read("http://127.0.0.1:8420/a", allow_http=True)

    assert target == Target(url="http://127.0.0.1:8420/a", scheme="http", host="127.0.0.1", port=8420, path="/a")
    assert target.authority == "127.0.0.1:8420"


@pytest.mark.parametrize(
    ("location", "onward"),
    [
        ("/b", "https://example.org/b"),
        ("b?c", "https://example.org/dir/b?c"),
        ("//other.example/x", "https://other.example/x"),
        ("https://other.example", "https://other.example/"),
        ("#top", "https://example.org/dir/a?q"),
        ("http://example.org/b", None),
        ("https://u@example.org/b", None),
        ("/a\r\nX: y", None),
        ("\\\\evil.example", None),
        ("https://[", None),
        ("//[x]/", None),
        ("file:///etc/passwd", None),
    ],
)
def test_where_a_redirect_leads(location: str, onward: str | None) -> None:
    start = read("https://example.org/dir/a?q", allow_http=True)
    assert isinstance(start, Target)

    target = follow(start, location, allow_http=True)

    assert (target.wire if isinstance(target, Target) else None) == onward


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://a.example/", "https://a.example:1"]))
def test_reading_never_raises_and_what_was_read_reads_the_same_again(text: str, prefix: str) -> None:
    target = read(prefix + text, allow_http=True)

    if isinstance(target, Target):
        again = read(target.wire, allow_http=True)
        assert isinstance(again, Target)
        assert again.wire == target.wire
        assert target.wire.isascii()
        assert target.wire.isprintable()
