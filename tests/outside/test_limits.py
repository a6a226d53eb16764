"""How much is too much: RULINGS 26, against a real process with its limits on."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest

from smallfed.protocol.signatures.signing import sign
from tests.outside.conftest import ALICE
from tests.outside.looking import DATABASE, rows
from tests.outside.people import App, Browser, forms, post
from tests.processes import PASSWORD, Answer, Laboratory, Server, ask
from tests.strangers import Stranger

REQUESTS, WINDOW = 300, 300
CROWD = 50_000
HANDED_OVER = 600  # at once by one host; ten a second after that
BAD_SIGNATURES = 300  # at once from one address; five a second after that


@pytest.fixture(scope="module")
def home(lab: Laboratory, bob: Stranger, mallory: Stranger) -> Server:
    """The house as it is by default: with limits."""
    server = lab.server("home.example", SMALLFED_LIMITS_RATE="true")
    server.setup("alice")
    return server.start()


class Line:
    """A connection that stays open, for many requests."""

    def __init__(self, server: Server) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=20)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Ask and read the whole answer."""
        self._connection.request(method, path, body=body, headers=dict(headers))
        response = self._connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read())


@pytest.fixture
def line(home: Server) -> Iterator[Line]:
    with Line(home) as opened:
        yield opened


# The API --------------------------------------------------------------------------------------------------------------
def in_one_window(line: Line, headers: Mapping[str, str], path: str = "/api/v1/preferences") -> list[Answer]:
    """Ask until there is a 429, and return the answers of that window."""
    answers: list[Answer] = []
    for _ in range(3 * REQUESTS):
        answer = line.ask("GET", path, headers)
        reset = answer.headers["x-ratelimit-reset"]
        answers = [known for known in answers if known.headers["x-ratelimit-reset"] == reset] + [answer]
        if answer.status == 429:
            return answers
    raise AssertionError("there was no limit")


def test_a_token_may_ask_three_hundred_times_in_five_minutes(home: Server, line: Line) -> None:
    first, second = home.token(), home.token()

    *answers, last = in_one_window(line, {"authorization": f"Bearer {first}"})

    reset = datetime.fromisoformat(last.headers["x-ratelimit-reset"])
    left = (reset - datetime.now(UTC)).total_seconds()
    assert {answer.status for answer in answers} == {200}
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {str(REQUESTS)}
    remaining = [int(answer.headers["x-ratelimit-remaining"]) for answer in answers]
    assert remaining == list(range(len(remaining) - 1, -1, -1))
    assert (last.status, last.json()) == (429, {"error": "Too many requests"})
    assert last.headers["x-ratelimit-remaining"] == "0"
    assert left - 5 < int(last.headers["retry-after"]) <= WINDOW + 1
    other = line.ask("GET", "/api/v1/preferences", {"authorization": f"Bearer {second}"})
    assert (other.status, int(other.headers["x-ratelimit-remaining"]) > 0) == (200, True)


@pytest.mark.parametrize(
    "way_around",
    [
        {"x-forwarded-for": "192.0.2.7"},
        {"x-real-ip": "192.0.2.8"},
        {"forwarded": "for=192.0.2.9"},
        {"authorization": "Bearer guessed"},
        {"user-agent": "another"},
    ],
)
def test_an_address_without_a_token_has_one_limit(lab: Laboratory, way_around: dict[str, str]) -> None:
    """Loopback is a trusted proxy by default, whose word on the caller counts; here it is not."""
    server = untrusting(lab)
    with Line(server) as line:
        if line.ask("GET", "/api/v1/instance", {}).status != 429:
            in_one_window(line, {}, "/api/v1/instance")

        answers = [line.ask("GET", path, way_around) for path in ("/api/v1/instance", "/api/v1/timelines/public")]

    assert [answer.status for answer in answers] == [429, 429]


def untrusting(lab: Laboratory) -> Server:
    """Return a server with limits that trusts no proxy."""
    known = [server for server in lab.servers if server.domain == "strict.example"]
    if known:
        return known[0]
    server = lab.server("strict.example", SMALLFED_LIMITS_RATE="true", SMALLFED_SERVER_TRUSTED_PROXIES="192.0.2.1/32")
    server.setup("strict")
    return server.start()


def test_behind_a_trusted_proxy_each_caller_has_a_limit(home: Server, line: Line) -> None:
    in_one_window(line, {"x-forwarded-for": "198.51.100.1"}, "/api/v1/instance")

    def status(forwarded: str) -> int:
        return line.ask("GET", "/api/v1/instance", {"x-forwarded-for": forwarded}).status

    assert status("198.51.100.1") == 429
    assert status("203.0.113.5, 198.51.100.1") == 429, "what the caller itself says of others does not count"
    assert status("198.51.100.2") == 200


def test_an_ipv6_network_is_one_caller(line: Line) -> None:
    in_one_window(line, {"x-forwarded-for": "2001:db8:0:1::1"}, "/api/v1/instance")

    again = [
        line.ask("GET", "/api/v1/instance", {"x-forwarded-for": address}).status
        for address in ("2001:db8:0:1:ffff::2", "2001:db8:0:2::1")
    ]

    assert again == [429, 200]


def test_registering_apps_is_limited(line: Line) -> None:
    body = json.dumps({"client_name": "x", "redirect_uris": "https://x.example/", "scopes": "read"}).encode()
    headers = {"content-type": "application/json", "x-forwarded-for": "198.51.100.30"}

    statuses = [line.ask("POST", "/api/v1/apps", headers, body).status for _ in range(31)]

    assert statuses == [200] * 30 + [429]


# The login ------------------------------------------------------------------------------------------------------------
def test_wrong_passwords_make_a_pause(lab: Laboratory) -> None:
    """At the login page and the authorize page alike, from whatever address, whatever browser; then it ends."""
    server = untrusting(lab)
    app, browser = App(server), Browser(server)
    (login,), (consent,) = forms(browser.get("/login")), forms(app.page(browser))
    failed = [browser.submit(form, password="wrong").status for form in (login, consent, login, consent, login)]

    paused = [
        browser.submit(login, password=PASSWORD),
        browser.submit(consent, password=PASSWORD),
        browser.send("/login", {**login.fields, "password": PASSWORD}, **{"x-forwarded-for": "198.51.100.9"}),
    ]
    other = Browser(server)
    (form,) = forms(other.get("/login"))
    paused.append(other.submit(form, password=PASSWORD))

    assert failed == [403] * 5
    assert [answer.status for answer in paused] == [429] * 4
    assert all(1 <= int(answer.headers["retry-after"]) <= 16 for answer in paused)
    assert b"Please wait" in paused[0].body
    assert server.log.read_text().count("login.paused") == 4
    forgive(server)
    assert browser.submit(login, password=PASSWORD).status == 303


def forgive(server: Server) -> None:
    """Let the pause be over, as if time had passed."""
    with closing(sqlite3.connect(server.data / DATABASE, timeout=20)) as database, database:
        database.execute("UPDATE login_failures SET until = 0")


def test_a_guess_at_tokens_and_secrets_is_not_faster_by_another_door(home: Server) -> None:
    """What is 256 bits long needs no pause, but says nothing either."""
    app = App(home)

    answers = [
        post(home, "/oauth/token", {"grant_type": "client_credentials", "client_id": client, "client_secret": "guess"})
        for client in (app.id, "nobody")
    ]

    assert [answer.status for answer in answers] == [401, 401]
    assert answers[0].body == answers[1].body


# The inbox ------------------------------------------------------------------------------------------------------------
def delivery(
    server: Server, sender: Stranger, activity: Mapping[str, object], *, key_id: str | None = None
) -> tuple[bytes, dict[str, str]]:
    """Return a signed delivery to be sent as often as one likes; ``key_id`` is that of the key it claims to have."""
    body = json.dumps(activity).encode()
    url, now = f"https://{server.domain}/inbox", datetime.now(UTC)
    signed = sign("POST", url, body, key_id=key_id or sender.key_id, key=sender.key, now=now, scheme="cavage")
    return body, {name: value for name, value in signed if name.lower() != "content-length"}


def test_who_sends_signatures_that_do_not_hold_is_sent_away(
    home: Server, line: Line, bob: Stranger, mallory: Stranger
) -> None:
    """And nobody else: another address is heard, and so is the host in whose name it was tried."""
    body, headers = delivery(home, mallory, bob.create(bob.mention(ALICE)), key_id=bob.key_id)
    spam = {**headers, "x-forwarded-for": "198.51.100.66"}
    statuses: list[int] = []
    deadline = time.monotonic() + 60
    while 429 not in statuses and time.monotonic() < deadline:
        last = line.ask("POST", "/inbox", spam, body)
        statuses.append(last.status)

    assert set(statuses) == {401, 429}
    assert len(statuses) > BAD_SIGNATURES
    assert int(last.headers["retry-after"]) >= 1
    assert bob.post(home, bob.create(bob.mention(ALICE))).status == 202
    assert mallory.post(home, mallory.create(mallory.mention(ALICE))).status == 202


def test_who_hands_over_very_much_is_asked_to_come_later(
    home: Server, line: Line, bob: Stranger, mallory: Stranger
) -> None:
    """What others did can make us ask their servers; what the same host does itself is heard all the same."""
    body, headers = delivery(home, mallory, bob.create(bob.mention(ALICE)))
    statuses: list[int] = []
    deadline = time.monotonic() + 60
    while 429 not in statuses and time.monotonic() < deadline:
        last = line.ask("POST", "/inbox", headers, body)
        statuses.append(last.status)

    assert set(statuses) == {202, 429}
    assert len(statuses) > HANDED_OVER
    assert int(last.headers["retry-after"]) >= 1
    assert mallory.post(home, mallory.create(mallory.mention(ALICE))).status == 202


def test_when_very_much_waits_the_greediest_are_asked_to_come_later(
    lab: Laboratory, bob: Stranger, mallory: Stranger
) -> None:
    """50,000 rows wait, nearly all of them of one host: that host gets 503, the other is heard."""
    server = lab.server("crowded.example", SMALLFED_LIMITS_RATE="true")
    server.setup("alice")
    with closing(sqlite3.connect(server.data / DATABASE, timeout=20)) as database, database:
        database.executemany(
            "INSERT INTO inbound_hosts (host, waiting) VALUES (?, ?)", [("", CROWD), ("evil.example", CROWD)]
        )
    server.start()
    whom = "https://crowded.example/users/alice"

    greedy = mallory.post(server, mallory.follow(whom))
    modest = bob.post(server, bob.follow(whom))

    assert (greedy.status, int(greedy.headers["retry-after"]) >= 60) == (503, True)
    assert modest.status == 202
    assert rows(server, "SELECT actor FROM inbound") == [(bob.id,)]


def test_reading_what_is_public_has_no_limit(home: Server, line: Line) -> None:
    """A post that goes round is asked for by thousands."""
    statuses = {line.ask("GET", "/users/alice", {"accept": "application/activity+json"}).status for _ in range(400)}

    assert statuses == {200}


def test_limits_can_be_switched_off_and_that_is_said_loudly(lab: Laboratory) -> None:
    server = lab.server("open.example")
    server.setup("open")
    server.start()

    answer = ask(f"{server.url}/api/v1/instance")

    assert "x-ratelimit-limit" not in answer.headers
    assert "dangerous option" in server.log.read_text()
