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
