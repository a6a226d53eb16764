"""What a browser is given, and what it is kept from: rule 36, against a real process."""

import re
from collections.abc import Callable

import pytest

from tests.outside.looking import Wire, bugs, rows
from tests.outside.people import App, Browser, forms
from tests.processes import PASSWORD, Answer, Laboratory, Server, ask, eventually

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PAGES = [
    "/",
    "/@alice",
    "/@alice/feed",
    "/@alice/POST",
    "/@alice/1",
    "/@nobody",
    "/tags/word",
    "/about",
    "/authorize_interaction?uri=https://far.example/1",
    "/login",
    "/welcome",
    "/apps",
    "/browsers",
    "/compatibility",
    "/drafts",
    "/moderation",
    "/owner",
    "/security",
    "/setup",
    "/oauth/authorize",
    "/nowhere",
    "/static/0/nothing.css",
    "/why?about=far.example",
]
PROGRAMS = [
    "/users/alice",
    "/users/alice/outbox",
    "/users/alice/outbox?page=true",
    "/users/alice/notes/POST",
    "/users/alice/notes/1",
    "/actor",
    "/.well-known/webfinger?resource=acct:alice@home.example",
    "/.well-known/host-meta",
    "/.well-known/host-meta.json",
    "/.well-known/nodeinfo",
    "/nodeinfo/2.0",
    "/.well-known/oauth-authorization-server",
    "/api/v1/instance",
    "/api/v2/instance",
    "/api/v1/accounts/lookup?acct=alice",
    "/api/v1/timelines/public?limit=1",
    "/api/v1/statuses/POST",
    "/api/v1/nowhere",
    "/api/v1/statuses/1",
    "/healthz",
    "/readyz",
]
HOSTS = ["evil.example", "evil.example:8080", "localhost", "home.example.evil.example", "home.example:1", '"><b>', ""]


@pytest.fixture(scope="module")
def post(home: Server, token: str) -> str:
    """Return a public post; there are two, so that lists have another page."""
    home.api("POST", "/api/v1/statuses", token, status="first #word")
    return str(home.api("POST", "/api/v1/statuses", token, status="second #word", spoiler_text="closed")["id"])


@pytest.fixture(scope="module")
def browser(home: Server) -> Browser:
    return Browser(home)


def policy(answer: Answer) -> dict[str, str]:
    """Return the Content-Security-Policy by directive."""
    directives = answer.headers["content-security-policy"].split(";")
    return {name: value for name, _, value in (directive.strip().partition(" ") for directive in directives)}


# Headers --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_shut_to_scripts_frames_and_guesses(browser: Browser, post: str, path: str) -> None:
    answer = browser.get(path.replace("POST", post))

    assert answer.status in (200, 303, 400, 403, 404, 410)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    if answer.headers.get("content-type", "").startswith("text/html") and answer.body:
        assert policy(answer) == POLICY
        assert answer.headers["x-frame-options"] == "DENY"
        assert re.search(rb"<script|<style|javascript:|\son\w+=|\sstyle=", answer.body) is None


def test_the_authorize_page_may_lead_back_to_its_app_and_nowhere_else(home: Server, browser: Browser) -> None:
    pages = [
        App(home, redirect=redirect).page(browser)
        for redirect in ("https://app.example/back", "my-app://back", "urn:ietf:wg:oauth:2.0:oob")
    ]

    assert [policy(page) for page in pages] == [
        {**POLICY, "form-action": f"'self'{more}"} for more in (" https://app.example", " my-app:", "")
    ]
    assert {page.headers["cache-control"] for page in pages} == {"private, no-store"}


@pytest.mark.parametrize("path", PROGRAMS)
def test_what_programs_are_given_is_what_it_says(home: Server, post: str, path: str) -> None:
    answer = ask(f"{home.url}{path.replace('POST', post)}")

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].partition(";")[0] in {
        "application/activity+json",
        "application/json",
        "application/jrd+json",
        "application/xrd+xml",
        "text/plain",
    }
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/nowhere", "/@nobody", "/@alice/1", "/@alice/x", "/tags", "/static/x/../../smallfed.db"]
)
def test_people_are_told_that_there_is_nothing(browser: Browser, path: str) -> None:
    answer = browser.get(path)

    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"Nothing here" in answer.body
    assert b"smallfed.css" in answer.body


@pytest.mark.parametrize(
    "path", ["/static/x/smallfed.css/..", "/static/%2e%2e/%2e%2e/smallfed.db", "/static/x//etc/passwd"]
)
def test_static_files_are_ours_only(home: Server, path: str) -> None:
    with Wire(home) as wire:
        answer = wire.say(f"GET {path} HTTP/1.1\r\nHost: home.example\r\nConnection: close\r\n\r\n".encode()).answer()

    assert answer.status in (404, 308)
    assert b"root:" not in answer.body
    assert b"SQLite" not in answer.body


@pytest.mark.parametrize(
    "path",
    [
        "/@alice?max_id=99999999999999999999999",
        "/@alice?max_id=-1",
        "/@alice?max_id=%00",
        "/@alice/" + "9" * 400,
        "/tags/" + "x" * 2000,
        "/tags/%00",
        "/@%ff%fe",
        "/users/alice/outbox?" + "&".join(f"a{n}=1" for n in range(200)),
        "/.well-known/webfinger?" + "&".join(f"a{n}=1" for n in range(200)),
        "/authorize_interaction?uri=javascript:alert(1)",
        "/login?next=%00",
        "/oauth/authorize?client_id[]=1&client_id[x]=2",
    ],
)
def test_odd_addresses_are_no_bug(home: Server, browser: Browser, path: str) -> None:
    answer = browser.get(path)

    assert answer.status < 500
    assert bugs(home) == []


# Links and redirects --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", [*PAGES, *PROGRAMS])
def test_no_link_is_made_from_host(home: Server, post: str, path: str, host: str) -> None:
    """Neither Host nor what a proxy that is not ours forwards appears in a link: all is as with the right name."""
    path = path.replace("POST", post)

    odd = Browser(home, host=host).get(
        path, **{"x-forwarded-host": "forwarded.example", "forwarded": "host=forwarded.example;proto=http"}
    )

    told = odd.body + "\n".join(f"{name}: {value}" for name, value in odd.headers.items()).encode()
    found = re.findall(rb"evil\.example|forwarded\.example|localhost|home\.example:1|\"><b>", told)
    assert (odd.status < 500, found) == (True, [])


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/",
        "//evil.example/%2f..",
        "/\\evil.example",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "//login",
        "//@alice",
        "/@alice//1",
        "/@alice/",
        "/login/",
        "/oauth//authorize",
        "/.//evil.example",
        "/login?next=//evil.example",
        "/login?next=https://evil.example",
        "/authorize_interaction?uri=https://evil.example",
        "/users/alice?//evil.example",
        "/users/alice/notes/1?//evil.example",
        "http://evil.example/login",
        "http://evil.example//login",
    ],
)
def test_nobody_is_sent_elsewhere(home: Server, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n"

    with Wire(home) as wire:
        answer = wire.say(head.encode()).answer()

    assert answer.status in (200, 301, 303, 308, 400, 404)
    assert re.fullmatch(r"(https://home\.example)?(/[^/\\].*|/)?", answer.headers.get("location", "")) is not None


@pytest.mark.parametrize(
    "goal",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:1", "/x\r\ny: z"],
)
def test_after_the_login_one_stays_here(home: Server, goal: str) -> None:
    visitor = Browser(home)
    (form,) = forms(visitor.get("/login"))

    answer = visitor.submit(form, password=PASSWORD, next=goal)

    assert (answer.status, answer.headers["location"]) == (303, "/owner")


# Cookies and forms ----------------------------------------------------------------------------------------------------
def test_the_cookie_is_for_this_host_and_not_for_scripts(home: Server) -> None:
    visitor = Browser(home)
    before = visitor.get("/login").headers["set-cookie"]
    (form,) = forms(visitor.get("/login"))
    after = visitor.submit(form, password=PASSWORD).headers["set-cookie"]

    for cookie in (before, after):
        first, *attributes = cookie.split("; ")
        assert re.fullmatch(r"__Host-smallfed=[A-Za-z0-9_-]{43}", first)
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
        assert not any(attribute.lower().startswith("domain") for attribute in attributes)
    assert before.partition(";")[0] != after.partition(";")[0]


def test_sessions_are_stored_as_digests_and_end_with_the_logout(home: Server) -> None:
    visitor = Browser(home).log_in()
    (secret,) = visitor.cookies.values()
    held = dict(visitor.cookies)
    logout = next(form for form in forms(visitor.get("/apps")) if form.action == "/logout")

    stored = b"".join(path.read_bytes() for path in home.data.glob("smallfed.db*"))
    answer = visitor.submit(logout)
    visitor.cookies = held

    assert secret.encode() not in stored
    assert (answer.status, visitor.get("/apps").status) == (303, 303)


def _login(visitor: Browser, home: Server) -> tuple[str, dict[str, str]]:
    (form,) = forms(visitor.get("/login"))
    return form.action, {**form.fields, "password": PASSWORD}


def _logout(visitor: Browser, home: Server) -> tuple[str, dict[str, str]]:
    form = next(form for form in forms(visitor.log_in().get("/apps")) if form.action == "/logout")
    return form.action, form.fields


def _show_out(visitor: Browser, home: Server) -> tuple[str, dict[str, str]]:
    App(home).token(visitor.log_in())
    form = next(form for form in forms(visitor.get("/apps")) if form.action.startswith("/apps/"))
    return form.action, form.fields


def _consent(visitor: Browser, home: Server) -> tuple[str, dict[str, str]]:
    (form,) = forms(App(home).page(visitor.log_in()))
    return form.action, form.fields


@pytest.mark.parametrize("form", [_login, _logout, _show_out, _consent])
def test_every_form_wants_its_seal_and_our_origin(
    home: Server, form: Callable[[Browser, Server], tuple[str, dict[str, str]]]
) -> None:
    visitor, other = Browser(home), Browser(home)
    action, fields = form(visitor, home)
    (foreign,) = forms(other.get("/login"))
    unsealed = {name: value for name, value in fields.items() if name != "seal"}
    before = rows(home, "SELECT count(*) FROM sessions"), rows(home, "SELECT count(*) FROM tokens")

    refused = [
        visitor.send(action, unsealed),
        visitor.send(action, {**fields, "seal": foreign.fields["seal"]}),
        visitor.send(action, fields, origin="https://evil.example"),
        visitor.send(action, fields, origin="https://home.example.evil.example"),
        visitor.send(action, fields, origin="http://home.example"),
        visitor.send(action, fields, origin="null"),
        other.send(action, fields),
        Browser(home).send(action, fields),
        visitor.get(f"{action}?seal={fields['seal']}"),
    ]
    after = rows(home, "SELECT count(*) FROM sessions"), rows(home, "SELECT count(*) FROM tokens")
    accepted = visitor.send(action, fields)

    *sent, got = [answer.status for answer in refused]
    assert sent == [403] * 8
    assert got in (200, 303, 400, 403, 404, 405)
    assert after == before
    assert accepted.status == 303


def test_logging_in_from_localhost_is_no_way_around_the_origin(home: Server) -> None:
    """Host is believed on this machine only for what the cookie is called; a page elsewhere cannot set it."""
    visitor = Browser(home)
    action, fields = _login(visitor, home)

    answer = visitor.send(action, fields, host="localhost", origin="https://evil.example")

    assert answer.status == 403


# Before there is a house ----------------------------------------------------------------------------------------------
def test_the_setup_page_is_for_whoever_has_the_token(lab: Laboratory) -> None:
    server = lab.server("empty.example")
    server.launch()
    token = eventually(lambda: re.search(r"/setup\?token=([A-Za-z0-9_-]+)", server.log.read_text()))[1]
    visitor = Browser(server)
    page = visitor.get(f"/setup?token={token}")
    (form,) = forms(page)
    filled = {**form.fields, "username": "dora", "password": PASSWORD, "domain": "empty.example"}

    refused = [
        visitor.get("/setup"),
        visitor.get("/setup?token=guess"),
        visitor.send("/setup", {**filled, "token": "guess"}),
        visitor.send("/setup", filled, origin="https://evil.example"),
        visitor.send("/setup", filled, origin="null"),
    ]
    elsewhere = [visitor.get(path).status for path in ("/", "/@dora", "/login", "/users/dora", "/api/v1/instance")]
    accepted = visitor.send("/setup", filled)
    again = Browser(server).send("/setup", filled)

    assert (page.status, policy(page)) == (200, POLICY)
    assert [answer.status for answer in refused] == [403] * 5
    assert elsewhere == [503] * 5
    assert (accepted.status, again.status) == (200, 410)
    assert b"@dora@empty.example" in accepted.body
    assert token not in server.log.read_text().partition("/setup?token=")[2].partition("\n")[2]
