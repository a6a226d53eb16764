"""What the house asks of others, and what it never does: rules 22 to 26, against a real process.

The house may dial 127.0.0.21, where all names of the laboratory lead; everything else on loopback is forbidden ground.
"""

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from threading import Event, Thread

import pytest

from smallfed.protocol.webfinger import query
from tests.outside.conftest import ALICE
from tests.outside.looking import Memory, bugs, rows, settled, verdict
from tests.outside.raw import Raw
from tests.processes import FRONT, Answer, Laboratory, Server, eventually
from tests.strangers import Document, Stranger

SLOW = 40  # hosts that do not answer: more than the 32 working places
HOSTS = 5  # below one registrable domain
A_MINUTE = 60  # fetches from one host, and then one a second
DOMAIN = 240  # fetches from one registrable domain, and then four a second


class Trap:
    """A place on this machine that nobody may dial: it counts who does all the same."""

    def __init__(self, host: str) -> None:
        self.dialled = 0
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family)
        self._socket.bind((host, 0))
        self._socket.listen()
        self.port: int = self._socket.getsockname()[1]
        self._thread = Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.dialled += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


class Silent(Stranger):
    """A server whose inbox takes what it is sent and answers nothing until it is told to."""

    def __init__(self, lab: Laboratory, domain: str) -> None:
        self.may_answer = Event()
        super().__init__(lab, domain)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answering: type[BaseHTTPRequestHandler] = super()._handler()
        may_answer = self.may_answer

        class Handler(answering):  # type: ignore[misc, valid-type]
            def do_POST(self) -> None:
                may_answer.wait(60)
                super().do_POST()

        return Handler


class Tap(Raw):
    """A server that answers every request with a head and then whatever ``pour`` sends until it is cut off."""

    def __init__(self, lab: Laboratory, domain: str, pour: Callable[[socket.socket], None]) -> None:
        self.cut = Event()
        self._pour = pour
        super().__init__(lab, domain)

    def answer(self, connection: socket.socket) -> None:
        """Pour, and note when nobody takes any more."""
        connection.recv(65536)
        try:
            self._pour(connection)
        except OSError:
            self.cut.set()


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    trap = Trap("127.0.0.99")
    yield trap
    trap.close()


@pytest.fixture(scope="module")
def trap6() -> Iterator[Trap]:
    try:
        trap = Trap("::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    yield trap
    trap.close()


@pytest.fixture(scope="module")
def silent(lab: Laboratory) -> Iterator[list[Silent]]:
    strangers = [Silent(lab, f"silent{number}.example") for number in range(SLOW)]
    yield strangers
    for stranger in strangers:
        stranger.may_answer.set()
        stranger.close()


POURED: list[int] = []


def endlessly(connection: socket.socket) -> None:
    """Send a document without end, and note how much of it was taken."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\nconnection: close\r\n\r\n[")
    POURED.append(0)
    while POURED[-1] < 256 << 20:
        connection.sendall(b'"more",' * 8192)
        POURED[-1] += 7 * 8192


@pytest.fixture(scope="module")
def endless(lab: Laboratory) -> Iterator[Tap]:
    tap = Tap(lab, "endless.example", endlessly)
    yield tap
    tap.close()


@pytest.fixture(scope="module")
def home(
    lab: Laboratory, bob: Stranger, mallory: Stranger, trap: Trap, silent: list[Silent], endless: Tap
) -> Iterator[Server]:
    """The house, with limits on, that may dial the front only; ``trap.example`` leads where it may not."""
    for number in range(HOSTS):
        lab.name(f"{number}.wild.example", lab.front.ports[mallory.domain])
    server = lab.server(
        "home.example",
        SMALLFED_NETWORK_ALLOW=f"{FRONT}/32",
        SMALLFED_LIMITS_RATE="true",
        SMALLFED_LOG_FORMAT="json",
        SMALLFED_STRANGERS_FOLLOWS="0",
    )
    server.environment["SMALLFED_NETWORK_RESOLVE"] += f",trap.example=127.0.0.99:{trap.port}"
    server.setup("alice")
    yield server.start()
    assert bugs(server) == []


def knock(home: Server, stranger: Stranger, key_id: str, *, caller: str = "198.51.100.1") -> Answer:
    """Send something signed with a key that the house has never seen; a proxy on loopback names the caller."""
    forwarded = ("x-forwarded-for", caller)
    return stranger.post(home, stranger.follow(ALICE), key_id=key_id, change=lambda headers: [*headers, forwarded])


# 22: where to -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.99",
        "[::127.0.0.99]",  # compatible
        "[64:ff9b:1::7f00:63]",
        "[2001:0:7f00:63::1]",  # Teredo
        "[::1]",
        "[::]",
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "trap.example",
        "localhost",
    ],
)
def test_no_address_but_a_public_one_is_dialled(home: Server, mallory: Stranger, trap: Trap, host: str) -> None:
    answer = knock(home, mallory, f"https://{host}:{trap.port}/users/x#main-key")

    assert answer.status == 503
    assert any(why in answer.json()["error"] for why in ("is not a public address", "is not the address of one host"))
    assert trap.dialled == 0


@pytest.mark.parametrize(
    "host",
    ["[::ffff:127.0.0.99]", "[::ffff:7f00:63]", "[64:ff9b::7f00:63]", "[2002:7f00:63::1]"],  # mapped, NAT64, 6to4
)
def test_an_address_of_ipv4_has_one_name_only(home: Server, mallory: Stranger, trap: Trap, host: str) -> None:
    answer = knock(home, mallory, f"https://{host}:{trap.port}/users/x#main-key")

    assert answer.status == 401
    assert "names no valid host and port" in answer.json()["error"]
    assert trap.dialled == 0


def test_ipv6_loopback_is_not_dialled(home: Server, mallory: Stranger, trap6: Trap) -> None:
    answer = knock(home, mallory, f"https://[::1]:{trap6.port}/users/x#main-key")

    assert answer.status == 503
    assert trap6.dialled == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://0x7f000063/k",
        "https://0x7f.99/k",
        "https://2130706531/k",
        "https://127.99/k",
        "https://0177.0.0.99/k",
        "https://127.0.0.99%2f@far.example/k",
        "https://far.example@127.0.0.99/k",
        "https://[::ffff:127.0.0.99%25lo]/k",
        "http://far.example/k",
        "file:///etc/passwd",
        "gopher://127.0.0.99/k",
        "data:application/activity+json,{}",
        "acct:bob@far.example",
    ],
)
def test_other_spellings_are_no_addresses(home: Server, mallory: Stranger, trap: Trap, url: str) -> None:
    answer = knock(home, mallory, url)

    assert answer.status in (400, 401)
    assert trap.dialled == 0


def redirected(stranger: Stranger, path: str, location: str) -> str:
    stranger.serve(path, b"", status=302, location=location)
    return f"{stranger.base}{path}"


def test_no_way_leads_where_nobody_may_go(
    home: Server, bob: Stranger, mallory: Stranger, trap: Trap, token: str
) -> None:
    """Keys, redirects, webfinger, its links, posts, parents, collections, inboxes: it is one dialer."""
    inside = "https://trap.example"
    hidden = mallory.actor(followers=f"{inside}/f", following=f"{inside}/g", outbox=f"{inside}/o", icon=f"{inside}/i")
    mallory.serve("/users/mallory", {**hidden, "inbox": f"{inside}/inbox", "endpoints": {"sharedInbox": f"{inside}/s"}})
    linked = [{"rel": "self", "type": "application/activity+json", "href": f"{inside}/users/link"}]
    mallory.serve(query("acct:link@evil.example"), {"subject": "acct:link@evil.example", "links": linked})
    redirected(mallory, query("acct:hop@evil.example"), f"{inside}/hop")
    sought = ("@link@evil.example", "@hop@evil.example", "@who@trap.example", f"{inside}/notes/1", hidden["id"])

    knock(home, mallory, redirected(mallory, "/redirected", f"{inside}/key"))
    for what in sought:
        home.call("GET", f"/api/v2/search?q={what}&resolve=true", token)
    followed = home.api("GET", "/api/v2/search?q=@mallory@evil.example&resolve=true", token)["accounts"][0]
    home.api("POST", f"/api/v1/accounts/{followed['id']}/follow", token)
    told: list[Document] = [
        bob.activity("Announce", f"{inside}/notes/2", to=[ALICE]),
        bob.create(bob.mention(ALICE, inReplyTo=f"{inside}/notes/3", context=f"{inside}/c", replies=f"{inside}/r")),
        bob.activity("Create", f"{inside}/notes/4", to=[ALICE]),
    ]
    assert [bob.post(home, activity).status for activity in told] == [202] * 3
    settled(home)
    tried = "SELECT 1 FROM hosts WHERE host = 'trap.example' AND last_error LIKE '%not a public address%'"
    eventually(lambda: rows(home, tried))

    assert trap.dialled == 0
    assert asked(mallory, "webfinger?resource=acct:link@")
    assert asked(mallory, "webfinger?resource=acct:hop@")


# 23: how much -------------------------------------------------------------------------------------------------------
def chain(stranger: Stranger, length: int) -> str:
    """Let a key be found behind so many redirects."""
    begin, end = f"{stranger.base}/hops/{length}/0", f"{stranger.base}/hops/{length}/{length}"
    for number in range(length):
        redirected(stranger, f"/hops/{length}/{number}", f"{stranger.base}/hops/{length}/{number + 1}")
    key = {"id": begin, "owner": end, "publicKeyPem": stranger.key.public.pem()}
    stranger.serve(f"/hops/{length}/{length}", stranger.actor(id=end, publicKey=key))
    return end


@pytest.mark.parametrize(("length", "status", "asked"), [(5, 202, 6), (6, 503, 6)])
def test_five_redirects_and_no_more(home: Server, mallory: Stranger, length: int, status: int, asked: int) -> None:
    end = chain(mallory, length)
    begin = f"{mallory.base}/hops/{length}/0"

    answer = mallory.post(home, mallory.activity("Follow", ALICE, actor=end), key_id=begin)

    paths = [path for _, path, _ in mallory.asked if path.startswith(f"/hops/{length}/")]
    assert answer.status == status
    assert paths[:asked] == [f"/hops/{length}/{number}" for number in range(asked)]
    assert f"/hops/{length}/{asked}" not in paths


def test_a_circle_is_walked_once(home: Server, mallory: Stranger) -> None:
    redirected(mallory, "/here", f"{mallory.base}/there")
    redirected(mallory, "/there", f"{mallory.base}/here")

    answer = knock(home, mallory, f"{mallory.base}/here")

    assert answer.status == 503
    assert [path for _, path, _ in mallory.asked if path in ("/here", "/there")] == ["/here", "/there"]


def test_a_document_without_end_is_dropped(home: Server, mallory: Stranger, endless: Tap) -> None:
    """The connection is closed at the limit: what the house does not want, it does not drain."""
    memory = Memory(home)

    answer = knock(home, mallory, "https://endless.example/users/x#main-key")

    assert answer.status == 401
    assert endless.cut.wait(10)
    assert POURED[0] < 32 << 20  # the limit of 1 MB, and what sockets and the front keep on the way
    assert memory.moved < 50


def test_compressed_answers_are_not_taken(home: Server, mallory: Stranger) -> None:
    """Rule 23 counts after decoding; the house asks for nothing that would have to be decoded."""
    bomb = gzip.compress(b" " * (100 << 20), 9)
    mallory.serve("/bomb", bomb, **{"content-encoding": "gzip"})
    memory = Memory(home)

    answer = knock(home, mallory, f"{mallory.base}/bomb")

    (asked,) = [headers for _, path, headers in mallory.asked if path == "/bomb"]
    assert asked["accept-encoding"] == "identity"
    assert answer.status == 503
    assert memory.moved < 50


# 24: on whose behalf ------------------------------------------------------------------------------------------------
def asked(stranger: Stranger, of: str) -> list[str]:
    return [path for _, path, _ in stranger.asked if of in path]


def test_who_is_not_verified_costs_one_fetch(home: Server, mallory: Stranger) -> None:
    """A key that is not there, asked for once; its absence is remembered."""
    answers = [knock(home, mallory, f"{mallory.base}/nobody#main-key").status for _ in range(3)]

    assert answers == [401, 401, 401]
    assert asked(mallory, "/nobody") == ["/nobody"]


def test_a_bare_key_costs_its_owner_on_the_same_host_as_well(home: Server, bob: Stranger, mallory: Stranger) -> None:
    near, far = ({"@context": "https://w3id.org/security/v1", "type": "Key"} for _ in range(2))
    pem = mallory.key.public.pem()
    mallory.serve("/bare/near", {**near, "id": f"{mallory.base}/bare/near", "owner": mallory.id, "publicKeyPem": pem})
    mallory.serve("/bare/far", {**far, "id": f"{mallory.base}/bare/far", "owner": bob.id, "publicKeyPem": pem})
    before = len(asked(mallory, "")), len(asked(bob, ""))

    answers = [knock(home, mallory, f"{mallory.base}/bare/{which}").status for which in ("near", "far")]

    assert answers == [401, 401]  # no actor lists these keys
    assert asked(mallory, "")[before[0] :] == ["/bare/near", "/users/mallory", "/bare/far"]
    assert len(asked(bob, "")) == before[1]


def test_what_cannot_be_true_costs_nothing(home: Server, mallory: Stranger) -> None:
    """Unsigned, stale, with a wrong digest, a Delete of somebody unknown, a signed look at public things."""
    before = len(mallory.asked)
    someone = f"{mallory.base}/users/someone"
    other = json.dumps(mallory.follow(ALICE)).encode()

    statuses = [
        mallory.post(home, mallory.follow(ALICE), change=lambda _: [("content-type", "application/json")]).status,
        mallory.post(home, mallory.follow(ALICE), body=other, key_id=f"{someone}#1").status,
        mallory.post(home, mallory.follow(ALICE), host="other.example", key_id=f"{someone}#2").status,
        mallory.post(home, mallory.activity("Delete", someone, actor=someone), key_id=f"{someone}#3").status,
        mallory.get(home, "/users/alice").status,
    ]

    assert statuses == [401, 401, 401, 202, 200]
    assert len(mallory.asked) == before


# 25: how often ------------------------------------------------------------------------------------------------------
def test_one_activity_causes_so_many_fetches(home: Server, bob: Stranger) -> None:
    """A note that names fifty people nobody knows."""
    people = [{"type": "Mention", "href": f"{bob.base}/people/{number}"} for number in range(60)]
    note = bob.mention(ALICE)
    note["tag"] += people
    activity = bob.create(note)

    assert bob.post(home, activity).status == 202

    assert verdict(home, activity)[0] == "done"
    assert len(asked(bob, "/people/")) <= 25


def test_a_host_and_a_domain_have_budgets(home: Server, mallory: Stranger) -> None:
    """Keys by the hundred, from one host and from all the hosts that a wildcard makes."""
    begun = time.monotonic()

    answers = [
        knock(home, mallory, f"https://{number % HOSTS}.wild.example/budget/{number}", caller=f"203.0.113.{number % 9}")
        for number in range(HOSTS * A_MINUTE)
    ]
    spent = time.monotonic() - begun

    counts = [
        len([path for path in asked(mallory, "/budget/") if int(path.rpartition("/")[2]) % HOSTS == host])
        for host in range(HOSTS)
    ]
    assert max(counts) <= A_MINUTE + spent + 1
    assert sum(counts) <= DOMAIN + 4 * spent + 1
    assert sum(counts) > DOMAIN / 2
    assert {answer.status for answer in answers} == {401, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)


# 26: for how long ---------------------------------------------------------------------------------------------------
def test_slow_hosts_delay_nobody(home: Server, bob: Stranger, silent: list[Silent], token: str) -> None:
    """Forty followers on servers that never answer, and one on a server that does: which has the post first."""
    for stranger in (bob, *silent):
        assert stranger.post(home, stranger.follow(ALICE)).status == 202
    count = "SELECT count(*) FROM follows WHERE state = 'accepted'"
    eventually(lambda: rows(home, count) == [(SLOW + 1,)])

    posts = [home.api("POST", "/api/v1/statuses", token, status=f"for everybody {n}")["uri"] for n in range(3)]

    eventually(lambda: {a["object"]["id"] for a in bob.received if a["type"] == "Create"} >= set(posts))
    assert [stranger.received for stranger in silent] == [[]] * SLOW
    for stranger in silent:
        stranger.may_answer.set()
    eventually(lambda: all(any(a["type"] == "Accept" for a in stranger.received) for stranger in silent))
