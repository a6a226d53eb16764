"""Whatever the owner keeps from strangers changes no answer that strangers get: every route, before and after."""

import re
from collections.abc import Mapping

import pytest

from tests.mastodon.api import routes_taken
from tests.outside.conftest import ALICE
from tests.outside.looking import bugs, rows, settled
from tests.processes import Server, ask, eventually
from tests.strangers import ACTIVITY_JSON, Stranger

AP = {"accept": ACTIVITY_JSON}
HTML = {"accept": "text/html"}
FEDERATION = (
    "/users/alice",
    "/users/alice/outbox",
    "/users/alice/outbox?page=true",
    "/users/alice/followers",
    "/users/alice/followers?page=1",
    "/users/alice/following",
    "/users/alice/liked",
    "/users/alice/collections/featured",
    "/users/alice/collections/tags",
    "/users/alice/notes/STATUS",
    *(f"/users/alice/notes/STATUS/{name}" for name in ("activity", "replies", "context", "likes", "shares")),
    *(f"/users/alice/notes/STATUS/{name}?page=true" for name in ("replies", "context")),
    "/.well-known/webfinger?resource=acct:alice@home.example",
    "/nodeinfo/2.0",
    "/nodeinfo/2.1",
)
PAGES = ("/", "/@alice", "/@alice/feed", "/@alice/STATUS", "/tags/garden", "/about", "/owner", "/apps")
FILTER = {"keywords_attributes": [{"keyword": "garden", "whole_word": True}]}
QUERIES = {
    "/api/v1/statuses": "?id[]=STATUS",
    "/api/v1/accounts": "?id[]=ACCOUNT",
    "/api/v1/accounts/lookup": "?acct=alice",
    "/api/oembed": "?url=https://home.example/@alice/STATUS",
    "/api/v1/timelines/link": "?url=https://news.example/one",
    "/api/v2/search": "?q=garden",
}


def addresses() -> list[tuple[str, Mapping[str, str]]]:
    """Return everything that can be asked with GET, about the owner, a public post and a hashtag."""
    found = [(path, AP) for path in FEDERATION] + [(path, HTML) for path in PAGES]
    for method, route in sorted(routes_taken()):
        if method == "GET":
            path = re.sub(r"(/tags?)/<\w+>", r"\1/garden", route)
            path = re.sub(r"/accounts/<\w+>", "/accounts/ACCOUNT", path)
            path = re.sub(r"/statuses/<\w+>", "/statuses/STATUS", path)
            found.append((re.sub(r"<\w+>", "1", path) + QUERIES.get(route, ""), {}))
    return found


@pytest.fixture(scope="module")
def owner(home: Server, bob: Stranger) -> str:
    """Return a token for everything; bob follows, is followed, and has said something."""
    token = home.token("read write follow push admin:read admin:write")
    bob.post(home, bob.follow(ALICE))
    (friend,) = home.api("GET", "/api/v2/search?q=@bob@far.example&resolve=true", token)["accounts"]
    home.api("POST", f"/api/v1/accounts/{friend['id']}/follow", token)
    follow = eventually(lambda: next((a for a in bob.received if a["type"] == "Follow"), None))
    bob.post(home, bob.activity("Accept", follow))
    settled(home)
    return token


def app_token(home: Server) -> str:
    """Return the token of an app that speaks for itself."""
    app = home.api("POST", "/api/v1/apps", client_name="app", redirect_uris="urn:ietf:wg:oauth:2.0:oob", scopes="read")
    asked = {"grant_type": "client_credentials", "scope": "read"}
    wanted = {name: app[name] for name in ("client_id", "client_secret")}
    return str(home.api("POST", "/oauth/token", **asked, **wanted)["access_token"])


def seen(home: Server, mallory: Stranger, token: str, names: Mapping[str, str]) -> dict[str, tuple[int, bytes]]:
    """Return what a stranger, an app by itself, and another server are answered."""
    found = {}
    for path, headers in addresses():
        for name, value in names.items():
            path = path.replace(name, value)
        for who, extra in (("stranger", {}), ("app", {"authorization": f"Bearer {token}"})):
            answer = ask(f"{home.url}{path}", headers={**headers, **extra})
            found[f"{who} {path}"] = (answer.status, answer.body)
        if headers is AP:
            answer = mallory.get(home, path)
            found[f"server {path}"] = (answer.status, answer.body)
    return found


def keep_to_oneself(home: Server, bob: Stranger, token: str, post: str) -> None:
    """Say, plan, note and hear what is for the owner alone, or for some, about the same things."""
    about = {"in_reply_to_id": post, "quoted_status_id": post}
    for visibility in ("private", "direct", "local"):
        for more in ({}, about):
            text = f"@bob@far.example {visibility} #garden https://news.example/one"
            said = home.api("POST", "/api/v1/statuses", token, status=text, visibility=visibility, **more)
        home.api("PUT", f"/api/v1/statuses/{said['id']}", token, status=f"{text}!", visibility=visibility)
        gone = home.api("POST", "/api/v1/statuses", token, status=text, visibility=visibility, **about)
        home.api("DELETE", f"/api/v1/statuses/{gone['id']}", token)
    home.api("POST", f"/api/v1/statuses/{post}/reblog", token, visibility="private")
    home.api("POST", "/api/v1/statuses", token, status="later #garden", scheduled_at="2135-01-01T00:00:00Z", **about)
    home.api("POST", f"/api/v1/statuses/{post}/bookmark", token)
    home.api("POST", "/api/v1/lists", token, title="garden")
    home.api("POST", "/api/v2/filters", token, title="garden", context=["home"], **FILTER)
    home.api("POST", "/api/v1/tags/garden/follow", token)
    secret = bob.note(
        "<p>psst #garden https://news.example/one</p>", to=[ALICE], cc=[], inReplyTo=f"{ALICE}/notes/{post}"
    )
    followers = bob.note("<p>for mine #garden</p>", to=[f"{bob.id}/followers"], cc=[])
    for note in (secret, followers):
        assert bob.post(home, bob.create(note)).status == 202
    settled(home)
    eventually(lambda: rows(home, "SELECT 1 FROM deliveries WHERE state = 'waiting' LIMIT 1") == [])


def test_strangers_notice_nothing(home: Server, bob: Stranger, mallory: Stranger, owner: str) -> None:
    said = home.api("POST", "/api/v1/statuses", owner, status="open #garden https://news.example/one")
    bob.post(home, bob.create(bob.note("<p>hello #garden</p>")))
    settled(home)
    names = {"STATUS": said["id"], "ACCOUNT": said["account"]["id"]}
    token = app_token(home)
    before = seen(home, mallory, token, names)

    keep_to_oneself(home, bob, owner, said["id"])
    after = seen(home, mallory, token, names)

    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {}
    assert sum(status == 200 for status, _ in before.values()) > 80
    assert bugs(home) == []
