"""Media through the proxies of examples/: the same as without, once for everybody, and there while we are away."""

import os
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import pytest

from tests import proxies
from tests.examples.relay import Relay
from tests.imaging.samples import drawn, saved
from tests.processes import Answer, Laboratory, Server, ask, eventually, laboratory

FILM = os.urandom((5 << 19) + 123)  # two slices and a half
NAME = f"{7:032x}.jpg"
PATH = f"/media/files/{NAME}"
HOST = {"host": "home.example"}
ACTIVITY = {"accept": "application/activity+json", **HOST}
OWN = {"connection", "date", "keep-alive", "server", "transfer-encoding", "via", "x-cache-status"}
OWN |= {"strict-transport-security"}
CROWD = 500


def program(name: str) -> str:
    found = proxies.program(name)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with laboratory(tmp_path_factory.mktemp("lab")) as opened:
        yield opened


@pytest.fixture(scope="module")
def home(lab: Laboratory) -> Server:
    server = lab.server("home.example")
    server.setup()
    folder = server.data / "media" / "files"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(FILM)
    return server.start()


@pytest.fixture(scope="module")
def relay(home: Server) -> Iterator[Relay]:
    opened = Relay(home.port)
    yield opened
    opened.leave()


@pytest.fixture(scope="module")
def nginx(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxies.nginx(program("nginx"), tmp_path_factory.mktemp("nginx"), behind=relay.port) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def caddy(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with proxies.caddy(program("caddy"), tmp_path_factory.mktemp("caddy"), behind=relay.port) as port:
        eventually(lambda: ask(f"http://127.0.0.1:{port}/healthz", headers=HOST).status == 200)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def said(answer: Answer) -> dict[str, str]:
    """Return the headers that are ours. That ranges can be had says a part, or nothing, by itself."""
    own = OWN if answer.status == 200 else {*OWN, "accept-ranges"}
    return {name: value for name, value in answer.headers.items() if name not in own}


ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "all of it": ("GET", {}),
    "whether it is there": ("HEAD", {}),
    "the beginning": ("GET", {"range": "bytes=0-99"}),
    "the middle, over the edge of a slice": ("GET", {"range": f"bytes={(1 << 20) - 50}-{(1 << 20) + 49}"}),
    "the end": ("GET", {"range": "bytes=-100"}),
    "from somewhere on": ("GET", {"range": f"bytes={2 << 20}-"}),
    "beyond the end": ("GET", {"range": f"bytes={len(FILM)}-"}),
    "what is known": ("GET", {"if-none-match": f'"{NAME}"'}),
    "a part of what is still the same": ("GET", {"range": "bytes=5-9", "if-range": f'"{NAME}"'}),
    "a part of what has changed": ("GET", {"range": "bytes=5-9", "if-range": '"other"'}),
}
EXPECTED: dict[str, tuple[int, bytes]] = {
    "all of it": (200, FILM),
    "whether it is there": (200, b""),
    "the beginning": (206, FILM[:100]),
    "the middle, over the edge of a slice": (206, FILM[(1 << 20) - 50 : (1 << 20) + 50]),
    "the end": (206, FILM[-100:]),
    "from somewhere on": (206, FILM[2 << 20 :]),
    "what is known": (304, b""),
    "a part of what is still the same": (206, FILM[5:10]),
    "a part of what has changed": (200, FILM),
}


@pytest.mark.parametrize("what", ASKED)
def test_it_is_the_same_as_without_a_proxy(home: Server, proxy: str, what: str) -> None:
    method, headers = ASKED[what]

    direct = ask(f"{home.url}{PATH}", method=method, headers={**HOST, **headers})
    through = [ask(f"{proxy}{PATH}", method=method, headers={**HOST, **headers}) for _ in range(2)]

    for answer in through:
        if what == "beyond the end":
            assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{len(FILM)}")
            continue
        assert (direct.status, direct.body) == (answer.status, answer.body) == EXPECTED[what]
        assert said(answer) == said(direct)
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_middle_of_a_film_is_had_without_its_beginning(home: Server, nginx: str, relay: Relay) -> None:
    name = f"{8:032x}.jpg"
    (home.data / "media" / "files" / name).write_bytes(FILM)
    relay.asked.clear()

    answers = [
        ask(f"{nginx}/media/files/{name}", headers={**HOST, "range": f"bytes={2 << 20}-{(2 << 20) + 9}"})
        for _ in range(2)
    ]

    assert [answer.body for answer in answers] == [FILM[2 << 20 : (2 << 20) + 10]] * 2
    assert relay.asked == [("GET", f"/media/files/{name}")]


def test_what_is_not_there_is_asked_for_again(home: Server, nginx: str) -> None:
    """It may come: what was refused is kept by nobody."""
    name = f"{9:032x}.jpg"
    before = ask(f"{nginx}/media/files/{name}", headers=HOST)

    (home.data / "media" / "files" / name).write_bytes(b"a cat")

    assert (before.status, ask(f"{nginx}/media/files/{name}", headers=HOST).body) == (404, b"a cat")


def crowd(url: str, path: str, headers: dict[str, str]) -> list[bytes]:
    """Ask for one thing on many connections at once; return the answers, without their heads."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    came: dict[socket.socket, bytearray] = {}
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(CROWD):
            line = stack.enter_context(socket.create_connection(address, timeout=20))
            line.sendall(request)
            came[line] = bytearray()
            selector.register(line, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(20)
            assert ready, "no answer"
            for key, _ in ready:
                part = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                came[key.fileobj] += part  # type: ignore[index]
                if not part:
                    selector.unregister(key.fileobj)
    return [bytes(each).partition(b"\r\n\r\n")[2] for each in came.values()]


@pytest.mark.parametrize("kind", ["a picture", "a post", "a page"])
def test_a_crowd_costs_one_request(home: Server, nginx: str, relay: Relay, kind: str) -> None:
    """Five hundred at once, before anybody has asked: the others wait for the answer to the first."""
    post = home.api("POST", "/api/v1/statuses", home.token(), status=f"Round the world, as {kind}")
    data, name = os.urandom(50_000), f"{10:032x}.jpg"
    (home.data / "media" / "files" / name).write_bytes(data)
    path, headers = {
        "a picture": (f"/media/files/{name}", HOST),
        "a post": (post["uri"].removeprefix("https://home.example"), ACTIVITY),
        "a page": (f"/@alice/{post['id']}", {"accept": "text/html", **HOST}),
    }[kind]
    relay.asked.clear()
    relay.delay = 0.5

    answers = crowd(nginx, path, headers)
    relay.delay = 0.0

    assert relay.asked == [("GET", path)]
    assert len(answers) == CROWD
    assert set(answers) == {ask(f"{home.url}{path}", headers=headers).body}


def test_what_is_public_is_there_while_smallfed_is_not(home: Server, relay: Relay, tmp_path: Path) -> None:
    """Also when it is older than a minute, which is a second here."""
    post = home.api("POST", "/api/v1/statuses", home.token(), status="Still there")
    paths = [
        (PATH, HOST),
        ("/users/alice", ACTIVITY),
        (post["uri"].removeprefix("https://home.example"), ACTIVITY),
        ("/@alice", {"accept": "text/html", **HOST}),
        ("/.well-known/webfinger?resource=acct:alice@home.example", HOST),
    ]
    minute = (
        r"proxy_cache smallfed;",
        "proxy_cache smallfed; proxy_ignore_headers Cache-Control; proxy_cache_valid 200 1s;",
    )
    with proxies.nginx(program("nginx"), tmp_path / "nginx", behind=relay.port, changes=[minute]) as port:
        url = f"http://127.0.0.1:{port}"
        before = [ask(f"{url}{path}", headers=headers) for path, headers in paths]
        relay.leave()
        try:
            time.sleep(2.1)
            meanwhile = [ask(f"{url}{path}", headers=headers) for path, headers in paths]
            own = ask(f"{url}/@alice", headers={**HOST, "cookie": "a=b"})
        finally:
            relay.come_back()

    assert [answer.status for answer in before] == [200] * len(paths)
    assert [(answer.status, answer.body) for answer in meanwhile] == [(200, answer.body) for answer in before]
    assert [answer.headers["x-cache-status"] for answer in meanwhile] == ["HIT", "STALE", "STALE", "STALE", "STALE"]
    assert own.status == 502


def test_caddy_lets_requests_wait_while_smallfed_restarts(caddy: str, relay: Relay) -> None:

    relay.leave()
    timer = Timer(1.0, relay.come_back)
    timer.start()
    try:
        answers = [ask(f"{caddy}{path}", headers=HOST) for path in (PATH, "/@alice", "/healthz")]
    finally:
        timer.join()

    assert [answer.status for answer in answers] == [200, 200, 200]


def test_a_host_name_of_their_own_leads_to_media_and_nothing_else(home: Server, proxy: str) -> None:
    host = {"host": proxies.MEDIA_HOST}

    picture = ask(f"{proxy}{PATH}", headers=host)
    others = [
        ask(f"{proxy}{path}", headers=host).status
        for path in (
            "/",
            "/@alice",
            "/users/alice",
            "/api/v2/instance",
            "/owner",
            "/login",
            "/oauth/authorize",
            "/inbox",
        )
    ]

    assert (picture.status, picture.body) == (200, FILM)
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert set(others) == {404}


def test_uploads_reach_smallfed_as_they_come(home: Server, proxy: str, relay: Relay) -> None:
    """And what they became is shown through the proxy."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="cat.png"\r\n\r\n'
    body = head + saved(drawn(400, 400), "PNG") + b"\r\n--x--\r\n"
    relay.asked.clear()
    with socket.create_connection(("127.0.0.1", int(proxy.rpartition(":")[2])), timeout=20) as line:
        line.sendall(
            f"POST /api/v2/media HTTP/1.1\r\nHost: home.example\r\nAuthorization: Bearer {home.token()}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        line.sendall(body[:100])
        eventually(lambda: ("POST", "/api/v2/media") in relay.asked)
        line.sendall(body[100:])
        answer = b""
        while b'"url":"' not in answer and (part := line.recv(65536)):
            answer += part

    assert answer.startswith(b"HTTP/1.1 200")
    address = answer.partition(b'"url":"https://home.example')[2].partition(b'"')[0].decode()
    assert ask(f"{proxy}{address}", headers=HOST).headers["content-type"] == "image/png"
