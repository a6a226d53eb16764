"""Who is let in, and how far: rules 34 and 35, and the pauses of the login, against a real process."""

import pytest

from tests.outside.looking import bugs, rows
from tests.outside.people import OUT_OF_BAND, VERIFIER, App, Browser, answered, challenge, forms, post, whoami
from tests.processes import PASSWORD, Laboratory, Server, ask

OTHER = "another-verifier-that-is-long-enough-to-be-one-of-it"


@pytest.fixture(scope="module")
def app(home: Server) -> App:
    return App(home, scopes="read write follow")


@pytest.fixture(scope="module")
def browser(home: Server) -> Browser:
    return Browser(home).log_in()


# Redirects ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "redirect",
    [
        "",
        "https://app.example/back",
        "https://app.example/back?x=1&y=2",
        "https://app.example/back?x=1#",
        "https://app.example/back/../back?x=1",
        "https://APP.example/back?x=1",
        "https://app.example:443/back?x=1",
        "https://app.example/back?x=1 ",
        "http://app.example/back?x=1",
        "https://app.example@evil.example/back?x=1",
        "https://evil.example/back?x=1",
        "//app.example/back?x=1",
        OUT_OF_BAND,
    ],
)
def test_only_the_registered_redirect_is_answered(app: App, browser: Browser, redirect: str) -> None:
    """Anything else is shown to the owner, and nobody is redirected, not even with an error."""
    page = app.page(browser, redirect_uri=redirect)
    (form,) = forms(app.page(browser))
    sent = browser.submit(form, redirect_uri=redirect)
    denied = browser.submit(form, redirect_uri=redirect, deny="1")

    assert [answer.status for answer in (page, sent, denied)] == [403] * 3
    assert not any("location" in answer.headers for answer in (page, sent, denied))


@pytest.mark.parametrize(
    "redirect",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "https://app.example/#fragment",
        "/relative",
        "//app.example/",
        "https:///nowhere",
        "https://app.example/\r\nx: y",
        "urn:something:else",
        "",
    ],
)
def test_no_app_is_registered_with_a_dangerous_redirect(home: Server, redirect: str) -> None:
    answer = home.call("POST", "/api/v1/apps", client_name="app", redirect_uris=redirect, scopes="read")

    assert (answer.status, "error" in answer.json()) == (422, True)


def test_the_app_is_told_its_state_and_what_went_wrong(app: App, browser: Browser) -> None:
    (form,) = forms(app.page(browser))

    no = answered(browser.submit(form, deny="1"))
    greedy = answered(browser.submit(form, scope="read push"))
    implicit = answered(browser.submit(form, response_type="token"))

    assert [(each["error"], each["state"], each["x"]) for each in (no, greedy, implicit)] == [
        ("access_denied", "a state", "1"),
        ("invalid_scope", "a state", "1"),
        ("unsupported_response_type", "a state", "1"),
    ]


@pytest.mark.parametrize("wrong", [{"scope": "read push"}, {"response_type": "token"}])
def test_a_link_alone_leads_nobody_away(app: App, browser: Browser, wrong: dict[str, str]) -> None:
    """Anybody can register an app, and would have an address of ours that leads to theirs."""
    for who in (browser, Browser(browser.server)):
        shown = app.page(who, **wrong)

        assert (shown.status, "location" in shown.headers) == (400, False)


# Codes ----------------------------------------------------------------------------------------------------------------
def test_a_code_is_good_once_and_the_second_time_takes_everything_back(
    home: Server, app: App, browser: Browser
) -> None:
    code = app.code(browser)
    token = app.exchange(code).json()["access_token"]
    before = whoami(home, token)

    again = app.exchange(code)

    assert (before, again.status, again.json()["error"]) == (200, 400, "invalid_grant")
    assert whoami(home, token) == 401


def test_a_code_is_bound_to_its_app_and_its_redirect(home: Server, app: App, browser: Browser) -> None:
    other, code = App(home, scopes="read write follow"), app.code(browser)

    refused = [
        other.exchange(code),
        app.exchange(code, redirect_uri=OUT_OF_BAND),
        app.exchange(code, redirect_uri=""),
        app.exchange(code, code_verifier=VERIFIER),
        app.exchange(code + "x"),
        app.exchange(""),
    ]
    accepted = app.exchange(code)

    assert [(each.status, each.json()["error"]) for each in refused] == [(400, "invalid_grant")] * 6
    assert accepted.status == 200


@pytest.mark.parametrize("changes", [{"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "wrong"}])
def test_a_code_needs_the_apps_secret(app: App, browser: Browser, changes: dict[str, str]) -> None:
    code = app.code(browser)

    refused = app.exchange(code, **changes)

    assert (refused.status, refused.json()["error"]) == (401, "invalid_client")
    assert app.exchange(code).status == 200


def test_whoever_begins_with_pkce_ends_with_it(app: App, browser: Browser) -> None:
    code = app.code(browser, **challenge())

    refused = [app.exchange(code), app.exchange(code, code_verifier=""), app.exchange(code, code_verifier=OTHER)]
    accepted = app.exchange(code, code_verifier=VERIFIER)

    assert [(each.status, each.json()["error"]) for each in refused] == [(400, "invalid_grant")] * 3
    assert accepted.status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "plain-words", "code_challenge_method": "plain"},
        {"code_challenge": "too short", "code_challenge_method": "S256"},
        {"code_challenge_method": "S256"},
        {"code_challenge": challenge()["code_challenge"]},
    ],
)
def test_pkce_is_done_well_or_refused(app: App, browser: Browser, changes: dict[str, str]) -> None:
    (form,) = forms(app.page(browser))

    assert answered(browser.submit(form, **changes))["error"] == "invalid_request"
    assert app.page(browser, **changes).status == 400


def test_a_code_is_not_in_the_log_nor_stored_readably(home: Server, app: App, browser: Browser) -> None:
    code = app.code(browser)
    token = app.exchange(code).json()["access_token"]

    log, database = home.log.read_text(), b"".join(path.read_bytes() for path in home.data.glob("smallfed.db*"))

    for secret in (code, token, app.secret, PASSWORD):
        assert secret not in log
        assert secret.encode() not in database


# Consent --------------------------------------------------------------------------------------------------------------
def test_consent_is_asked_every_time_and_never_taken_by_a_get(app: App, browser: Browser) -> None:
    app.token(browser)

    page = app.page(browser)

    assert (page.status, len(forms(page)), "set-cookie" in page.headers) == (200, 1, False)


@pytest.mark.parametrize(
    "how",
    [{"seal": ""}, {"seal": "x" * 43}, {"origin": "https://evil.example"}, {"origin": "null"}, {"cookies": ""}],
)
def test_another_site_cannot_consent(home: Server, app: App, browser: Browser, how: dict[str, str]) -> None:
    (form,) = forms(app.page(browser))
    sender = Browser(home)
    sender.cookies = {} if "cookies" in how else dict(browser.cookies)
    fields = {**form.fields, **({"seal": how["seal"]} if "seal" in how else {})}
    before = rows(home, "SELECT count(*) FROM codes")

    answer = sender.send(form.action, fields, **{name: how[name] for name in how if name == "origin"})

    assert (answer.status, "location" in answer.headers) == (403, False)
    assert rows(home, "SELECT count(*) FROM codes") == before


def test_the_password_is_needed_where_nobody_is_logged_in(home: Server, app: App) -> None:
    stranger = Browser(home)
    (form,) = forms(app.page(stranger))

    nothing, wrong = stranger.submit(form), stranger.submit(form, password="wrong")
    right = stranger.submit(form, password=PASSWORD)

    assert [answer.status for answer in (nothing, wrong, right)] == [403, 403, 303]
    assert whoami(home, app.exchange(answered(right)["code"]).json()["access_token"]) == 200


# Scopes ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("scopes", "method", "path", "allowed"),
    [
        ("read", "GET", "/api/v1/timelines/home", True),
        ("read", "POST", "/api/v1/statuses", False),
        ("read:accounts", "GET", "/api/v1/accounts/verify_credentials", True),
        ("read:accounts", "GET", "/api/v1/timelines/home", False),
        ("read:accounts", "GET", "/api/v1/notifications", False),
        ("read:statuses", "GET", "/api/v1/timelines/home", True),
        ("read:statuses", "GET", "/api/v1/bookmarks", False),
        ("write", "GET", "/api/v1/timelines/home", False),
        ("write:statuses", "POST", "/api/v1/domain_blocks?domain=x.example", False),
        ("write:statuses", "PATCH", "/api/v1/accounts/update_credentials", False),
        ("follow", "GET", "/api/v1/timelines/home", False),
        ("follow", "GET", "/api/v1/follow_requests", True),
        ("profile", "GET", "/api/v1/accounts/verify_credentials", True),
        ("profile", "GET", "/api/v1/notifications", False),
        ("push", "GET", "/api/v1/preferences", False),
    ],
)
def test_a_scope_allows_what_it_says(
    home: Server, browser: Browser, scopes: str, method: str, path: str, allowed: bool
) -> None:
    token = App(home, scopes=scopes).token(browser)

    answer = home.call(method, path, token)

    assert (answer.status, "scope" in answer.body.decode()) == ((200, False) if allowed else (403, True))


def test_every_route_of_the_owner_wants_a_token(home: Server) -> None:
    """A sample of every page of the API; that each route declares a scope holds because the server starts."""
    routes = [
        ("GET", "/api/v1/timelines/home"),
        ("GET", "/api/v1/notifications"),
        ("POST", "/api/v1/notifications/clear"),
        ("GET", "/api/v1/bookmarks"),
        ("GET", "/api/v1/favourites"),
        ("GET", "/api/v1/preferences"),
        ("GET", "/api/v1/markers"),
        ("GET", "/api/v1/blocks"),
        ("GET", "/api/v1/mutes"),
        ("GET", "/api/v1/domain_blocks"),
        ("GET", "/api/v1/follow_requests"),
        ("GET", "/api/v1/filters"),
        ("GET", "/api/v2/filters"),
        ("GET", "/api/v1/lists"),
        ("GET", "/api/v2/search?q=x"),
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("GET", "/api/v1/accounts/relationships?id[]=1"),
        ("PATCH", "/api/v1/accounts/update_credentials"),
        ("POST", "/api/v1/statuses"),
        ("POST", "/api/v1/accounts/1/follow"),
        ("POST", "/api/v1/media"),
        ("POST", "/api/v2/media"),
    ]

    for token in (None, "guessed"):
        assert {route: home.call(*route, token).status for route in routes} == dict.fromkeys(routes, 401)


def test_an_app_by_itself_is_not_the_owner(home: Server) -> None:
    app = App(home, scopes="read write")
    told = app.ask_token(grant_type="client_credentials", scope="read").json()

    greedy = app.ask_token(grant_type="client_credentials", scope="read write follow")
    mine = home.call("GET", "/api/v1/apps/verify_credentials", told["access_token"])
    refused = [
        home.call("GET", path, told["access_token"]).status
        for path in ("/api/v1/timelines/home", "/api/v1/accounts/verify_credentials", "/oauth/userinfo")
    ]

    assert (told["scope"], greedy.status, greedy.json()["error"]) == ("read", 400, "invalid_scope")
    assert (mine.status, mine.json()["name"]) == (200, "An app")
    assert refused == [422, 422, 403]


@pytest.mark.parametrize("grant", ["password", "refresh_token", "implicit", ""])
def test_there_is_no_other_way_to_a_token(app: App, grant: str) -> None:
    answer = app.ask_token(grant_type=grant, username="alice", password=PASSWORD, refresh_token="x")

    assert (answer.status, "access_token" in answer.json()) == (400, False)


# Taking back ----------------------------------------------------------------------------------------------------------
def test_a_token_given_back_is_worth_nothing(home: Server, app: App, browser: Browser) -> None:
    token, other = app.token(browser), App(home)

    by_another = other.revoke(token)
    without = post(home, "/oauth/revoke", {"token": token})
    before = whoami(home, token)
    by_itself, unknown = app.revoke(token), app.revoke("never was one")

    assert (by_another.status, without.status, before) == (403, 403, 200)
    assert (by_itself.status, unknown.status, whoami(home, token)) == (200, 200, 401)


def test_the_owner_shows_an_app_out(home: Server, browser: Browser) -> None:
    app = App(home)
    tokens, pending = [app.token(browser), app.token(browser)], app.code(browser)
    (number,) = rows(home, "SELECT id FROM apps WHERE client_id = ?", app.id)[0]
    form = next(f for f in forms(browser.get("/apps")) if f.action == f"/apps/{number}/revoke")

    foreign = browser.send(form.action, form.fields, origin="https://evil.example")
    before = [whoami(home, token) for token in tokens]
    answer = browser.submit(form)

    assert (foreign.status, before, answer.status) == (403, [200, 200], 303)
    assert [whoami(home, token) for token in tokens] == [401, 401]
    assert app.exchange(pending).status == 400


def test_a_new_password_ends_sessions(lab: Laboratory) -> None:
    server = lab.server("forgetful.example")
    server.setup("carol")
    browser = Browser(server.start()).log_in()
    before = browser.get("/apps").status

    server.command("password", "--password-stdin", stdin="quite another password\n")

    assert (before, browser.get("/apps").status) == (200, 303)


# Cookies and tokens ---------------------------------------------------------------------------------------------------
def test_the_api_takes_no_cookie(home: Server, browser: Browser) -> None:
    paths = ["/api/v1/timelines/home", "/api/v1/accounts/verify_credentials", "/oauth/userinfo"]

    assert [browser.get(path).status for path in paths] == [401] * 3


def test_a_token_opens_no_page(home: Server, token: str) -> None:
    answer = ask(f"{home.url}/apps", headers={"host": home.domain, "authorization": f"Bearer {token}"})

    assert (answer.status, answer.headers["location"]) == (303, "/login?next=/apps")


def test_nothing_of_this_is_a_bug(home: Server) -> None:
    assert bugs(home) == []
