"""Redirect addresses of apps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid
from smallfed.policy import redirects

USABLE = [
    ("urn:ietf:wg:oauth:2.0:oob", None, "urn:"),
    ("https://app.example/back", "https://app.example", "app.example"),
    ("https://APP.example:8443/back?x=1", "https://app.example:8443", "app.example:8443"),
    ("http://localhost:3000/", "http://localhost:3000", "localhost:3000"),
    ("http://[::1]:3000/", "http:", "[::1]:3000"),
    ("icecubesapp://", "icecubesapp:", "icecubesapp:"),
    ("oauth2redirect://com.keylesspalace.tusky/", "oauth2redirect:", "oauth2redirect:"),
    ("com.example.app:/back", "com.example.app:", "com.example.app:"),
    ("mastodon-android-auth://callback", "mastodon-android-auth:", "mastodon-android-auth:"),
]


@pytest.mark.parametrize(("uri", "action", "destination"), USABLE)
def test_apps_have_many_addresses(uri: str, action: str | None, destination: str) -> None:
    redirects.require_usable(uri)

    assert (redirects.form_action(uri), redirects.destination(uri)) == (action, destination)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/back",
        "//app.example/back",
        "app.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://x/y",
        "about:blank",
        "urn:something:else",
        "https://app.example/#",
        "https://app.example/#fragment",
        "icecubesapp://x#y",
        "https:",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://app.example:x/",
        "http:path",
        "https://app.example/a b",
        "https://app.example/\r\nSet-Cookie: x",
        "https://äpp.example/",
        "https://[broken/",
        "1app:x",
        "https://app.example/" + "x" * 2000,
    ],
)
def test_some_cannot_be_meant_well(uri: str) -> None:
    with pytest.raises(Invalid):
        redirects.require_usable(uri)


@given(st.text(max_size=60) | st.text("ahtps:/;,'*[]@.-#? \n", max_size=40))
def test_what_is_usable_cannot_change_the_policy_of_a_page(uri: str) -> None:
    try:
        redirects.require_usable(uri)
    except Invalid:
        return

    action = redirects.form_action(uri) or ""

    assert not set(action) & set(";, '\"*\n")


@pytest.mark.parametrize(
    ("uri", "answered"),
    [
        ("https://app.example/", "https://app.example/?code=a%26b&state=s+t"),
        ("https://app.example/?x=1", "https://app.example/?x=1&code=a%26b&state=s+t"),
        ("app:", "app:?code=a%26b&state=s+t"),
    ],
)
def test_the_answer_goes_into_the_query(uri: str, answered: str) -> None:
    assert redirects.answered(uri, code="a&b", state="s t", error=None) == answered
