"""Ten thousand requests to the client API, right and wrong, over every route there is: none ends in an error of ours.

Each answer is held to the documentation, and everything the house can do is granted at least once.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from threading import Event
from typing import Any

import msgspec
import pytest

from tests.documented import answers
from tests.mastodon.api import routes_taken
from tests.outside.askings import Asker, Request, Route
from tests.outside.conftest import ALICE
from tests.outside.looking import bugs, neighbour, settled
from tests.processes import Laboratory, Server, eventually
from tests.strangers import Stranger

MANY = 10_000
AT_ONCE = 3
LUCK, LOOK = 200, 20  # more tries for what was not granted by then; how often what is new is looked at meanwhile
SCOPES = "read write follow push profile admin:read admin:write"
BEGINNING = (
    "/api/v1/accounts/verify_credentials",
    "/api/v1/timelines/home",
    "/api/v1/notifications",
    "/api/v2/notifications",
    "/api/v1/announcements",
    "/api/v1/scheduled_statuses",
)
QUESTION = {
    "type": "Question",
    "oneOf": [{"type": "Note", "name": name} for name in ("tea", "cake")],
    "endTime": "2136-01-01T00:00:00Z",
}
# What a house of one, with one friend, grants nobody; each with its reason.
NEVER: dict[Route, str] = {
    ("GET", "/api/v1_alpha/async_refreshes/<name>"): "its names are in a header of other answers",
    (
        "POST",
        "/api/v1/statuses/<number>/quotes/<quoting>/revoke",
    ): "one of many posts would have to be quoted by the other",
    ("POST", "/api/v1/statuses/<number>/translate"): "nothing translates here",
    ("POST", "/api/v1/accounts"): "nobody can join",
    ("DELETE", "/api/v1/admin/accounts/<number>"): "only an account's own server can delete it",
    **{
        ("POST", f"/api/v1/admin/accounts/<number>/{name}"): "nobody can join, and what is not done need not be undone"
        for name in ("approve", "enable", "reject", "unsensitive")
    },
    **{
        route: "nobody can join: there is nothing to keep away"
        for name in ("canonical_email_blocks", "email_domain_blocks", "ip_blocks")
        for route in (
            ("POST", f"/api/v1/admin/{name}"),
            *((method, f"/api/v1/admin/{name}/<number>") for method in ("GET", "PUT", "DELETE")),
        )
    },
}
TEXTS = {"SMALLFED_INSTANCE_PRIVACY_POLICY": "We keep nothing.", "SMALLFED_INSTANCE_TERMS": "Be kind."}

# What would leave the owner without company: only asked once by each.
LONELY = re.compile(r".*(/block|/mute|/unfollow|/remove_from_followers|/clear|/policy|/action)")


@pytest.fixture(scope="module")
def home(lab: Laboratory, bob: Stranger, mallory: Stranger) -> Server:
    """The house of @alice@home.example, which says everything about itself that it can."""
    server = lab.server("home.example", **TEXTS)
    server.setup("alice")
    return server.start()


@pytest.fixture(scope="module")
def owner(home: Server, bob: Stranger) -> str:
    """Return a token for everything, of an owner who has a friend and is told of much."""
    token = home.token(SCOPES)
    for number in range(5):
        home.command("announce", f"beans {number}")
    for number in range(20):
        home.api("POST", "/api/v1/statuses", token, status=f"later {number}", scheduled_at="2136-02-02T00:00:00Z")
    (account,) = home.api("GET", "/api/v2/search?q=@bob@far.example&resolve=true", token)["accounts"]
    home.api("POST", f"/api/v1/accounts/{account['id']}/follow", token)
    follow = eventually(lambda: next((a for a in bob.received if a["type"] == "Follow"), None))
    bob.post(home, bob.activity("Accept", follow))
    bob.post(home, bob.follow(ALICE))
    home.api("PATCH", "/api/v2/notifications/policy", token, for_not_following="filter")
    home.api("PATCH", "/api/v1/accounts/update_credentials", token, locked=True)  # they ask first
    settled(home)
    return token


@contextmanager
def company(home: Server, bob: Stranger, token: str) -> Iterator[None]:
    """Let others like, say, ask and follow while the block runs."""
    over = Event()

    def keep_company() -> None:
        agreed = set[str]()
        for number in count():
            if over.wait(0.3):
                return
            said = home.api("POST", "/api/v1/statuses", token, status=f"beans {number} #garden")
            bob.post(home, bob.activity("Like", said["uri"]))
            bob.post(home, bob.create(bob.mention(ALICE, f"<p>hello {number}</p>")))
            bob.post(home, bob.create(bob.mention(ALICE, f"<p>between us {number}</p>", to=[ALICE], cc=[])))
            bob.post(home, bob.create(bob.note("<p>Which?</p>", **QUESTION)))
            _somebody_else(home, bob, number)
            for follow in [one for one in bob.received if one["type"] == "Follow" and one["id"] not in agreed]:
                whom = follow["object"]  # Bob, or a neighbour of his
                bob.post(home, {**bob.activity("Accept", follow), "actor": whom}, key_id=f"{whom}#main-key")
                agreed.add(follow["id"])

    with ThreadPoolExecutor(1) as thread:
        kept = thread.submit(keep_company)
        try:
            yield
        finally:
            over.set()
        kept.result()


def _somebody_else(home: Server, bob: Stranger, number: int) -> None:
    """Let somebody nobody knows follow the owner, and speak up."""
    carol, key = neighbour(bob, f"carol{number}")
    bob.post(home, {**bob.follow(ALICE), "actor": carol, "id": f"{carol}/follow"}, key_id=key)
    note = bob.mention(ALICE, "<p>you do not know me</p>", attributedTo=carol)
    bob.post(home, {**bob.create(note), "actor": carol}, key_id=key)


class Line:
    """One connection, on which a request follows the other."""

    def __init__(self, home: Server, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", home.port, timeout=30)
        self._token = token

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def send(self, request: Request) -> tuple[int, bytes]:
        """Send it; return the status and the body. Whoever was silent for long is hung up on, and calls again."""
        try:
            return self._send(request)
        except (BrokenPipeError, ConnectionResetError):
            self._connection.close()
            return self._send(request)

    def _send(self, request: Request) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._token}", **request.headers}
        self._connection.request(request.method, request.path, request.body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def test_ten_thousand(home: Server, bob: Stranger, owner: str) -> None:
    routes = sorted(routes_taken())

    done = Counter[tuple[Route, int]]()
    with company(home, bob, owner):
        for counted in _all_asked(home, owner, routes):
            done.update(counted)

    granted = _granted(done)
    share = sum(count for (_, status), count in done.items() if status < 300) / done.total()
    assert done.total() >= MANY
    assert {" ".join(route) for route, status in done if status >= 500} == set()
    assert {route for route, _ in done} == set(routes)
    assert [" ".join(route) for route in sorted(set(routes) - granted - NEVER.keys())] == []
    assert share > 0.3
    assert bugs(home) == []


def _all_asked(home: Server, owner: str, routes: list[Route]) -> Iterator[Counter[tuple[Route, int]]]:
    def ask(number: int) -> Counter[tuple[Route, int]]:
        asker, done = Asker(number), Counter[tuple[Route, int]]()
        with closing(Line(home, owner)) as line:
            _look_around(asker, line)
            sociable = [route for route in routes if not LONELY.fullmatch(route[1])]
            while done.total() < MANY / AT_ONCE:
                for route in _shuffled(asker, sociable if done else routes):
                    done[route, _learn(asker, asker.request(route), line)] += 1
            for route in sorted(set(routes) - _granted(done) - NEVER.keys()):  # luck is no part of the test
                while route not in _granted(done) and done[route, 0] < LUCK:
                    if done[route, 0] % LOOK == 0:  # what it needs may have come only now, such as a poll
                        _look_around(asker, line)
                    done[route, _learn(asker, asker.request(route), line)] += 1
                    done[route, 0] += 1
        return Counter({key: number for key, number in done.items() if key[1]})

    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from threads.map(ask, range(AT_ONCE))


def _look_around(asker: Asker, line: Line) -> None:
    for path in BEGINNING:
        _learn(asker, Request(method="GET", route=path, path=path, headers={}, body=None, right=True), line)


def _granted(done: Counter[tuple[Route, int]]) -> set[Route]:
    return {route for route, status in done if 0 < status < 300}


def _shuffled(asker: Asker, routes: list[Route]) -> list[Route]:
    return asker.dice.sample(routes, len(routes))


def _learn(asker: Asker, request: Request, line: Line) -> int:
    status, body = line.send(request)
    try:
        answers.check(request.method, request.path, status, body, mine=True)
        if status < 300:
            asker.learn(request.method, request.path, _value(body))
    except (AssertionError, msgspec.DecodeError) as error:
        raise AssertionError(f"{error}\nasked with {request}\nanswered {status} {body[:500]!r}") from None
    return status


def _value(body: bytes) -> Any:
    return msgspec.json.decode(body) if body else None
