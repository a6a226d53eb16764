"""How others find us: forms of asking, and what they may keep."""

import pytest

from tests.processes import Server, ask

SUBJECT = "acct:alice@home.example"


@pytest.mark.parametrize(
    "resource",
    [SUBJECT, "acct:ALICE@home.example", "https://home.example/users/alice", "https://home.example/@alice"],
)
def test_the_owner_is_found_by_every_name(home: Server, resource: str) -> None:
    answer = ask(f"{home.url}/.well-known/webfinger?resource={resource}")

    assert (answer.status, answer.json()["subject"]) == (200, SUBJECT)


@pytest.mark.parametrize("resource", ["home.example", "acct:home.example@home.example", "https://home.example/"])
def test_the_server_is_found_by_its_own_names(home: Server, resource: str) -> None:
    answer = ask(f"{home.url}/.well-known/webfinger?resource={resource}")

    assert answer.status == (400 if resource == "home.example" else 200)


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?resource=", 400), ("?resource=alice@home.example", 400), ("?resource=acct:bob@home.example", 404)],
)
def test_nobody_else_is(home: Server, query: str, status: int) -> None:
    assert ask(f"{home.url}/.well-known/webfinger{query}").status == status


@pytest.mark.parametrize(
    "path",
    [
        f"/.well-known/webfinger?resource={SUBJECT}",
        "/.well-known/host-meta",
        "/.well-known/host-meta.json",
        "/.well-known/nodeinfo",
        "/nodeinfo/2.0",
        "/nodeinfo/2.1",
    ],
)
def test_it_may_be_kept_and_checked(home: Server, path: str) -> None:
    first = ask(f"{home.url}{path}")
    again = ask(f"{home.url}{path}", headers={"if-none-match": first.headers["etag"]})

    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert first.headers["cache-control"].startswith("public, max-age=3600")
    assert first.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path",
    [
        f"/.well-known/webfinger?resource={SUBJECT}",
        "/.well-known/webfinger",
        "/.well-known/host-meta",
        "/.well-known/nodeinfo",
        "/.well-known/oauth-authorization-server",
        "/.well-known/nothing",
        "/nodeinfo/2.0",
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/userinfo",
        "/api/v1/apps",
        "/api/v1/timelines/home",
        "/api/v1/streaming/user",
        "/api/nothing",
        "/media/avatars/default.png",
        "/media/avatars/nothing",
    ],
)
def test_pages_of_any_origin_may_ask(home: Server, path: str) -> None:
    """Good answers and errors alike; and browsers are told so before they ask, without a token."""
    plain, query = path.partition("?")[0], path.partition("?")[2]
    answer, slashed = ask(f"{home.url}{path}"), ask(f"{home.url}{plain}/{'?' if query else ''}{query}")
    preflight = ask(f"{home.url}{path}", method="OPTIONS", headers={"origin": "https://app.example"})

    assert [each.headers["access-control-allow-origin"] for each in (answer, slashed, preflight)] == ["*"] * 3
    assert (preflight.status, preflight.body) == (204, b"")
    assert slashed.status == (404 if path.startswith("/media/") else answer.status)  # a file has one address
    assert preflight.headers["access-control-allow-headers"] == "Authorization, Content-Type, Idempotency-Key"
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
        preflight.headers["access-control-allow-methods"].split(", ")
    )
    assert preflight.headers["access-control-max-age"] == "86400"


@pytest.mark.parametrize("path", ["/oauth/authorize", "/login", "/@alice", "/about", "/"])
def test_but_not_pages_for_people(home: Server, path: str) -> None:
    answers = [
        ask(f"{home.url}{path}", method=method, headers={"accept": "text/html"}) for method in ("GET", "OPTIONS")
    ]

    assert ["access-control-allow-origin" in each.headers for each in answers] == [False, False]


@pytest.mark.parametrize(("brought", "told"), [("abc-123", True), ("a b", False), ("x" * 65, False)])
def test_requests_have_names(home: Server, brought: str, told: bool) -> None:
    answer = ask(f"{home.url}/api/v1/nothing", headers={"x-request-id": brought})

    assert (answer.headers["x-request-id"] == brought) is told
    assert len(answer.headers["x-request-id"]) == (len(brought) if told else 16)
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
