"""The proxy files, in front of a real server: nginx caches what is public and nothing else; Caddy takes its file."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import proxies
from tests.processes import Laboratory, Server, ask, eventually, laboratory
from tests.websocket import websocket

ACTIVITY = {"accept": "application/activity+json", "host": "home.example"}


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
    return server.start()


@pytest.fixture(scope="module")
def front(home: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Nginx with our files."""
    with proxies.nginx(program("nginx"), tmp_path_factory.mktemp("nginx"), behind=home.port) as port:
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def caddy(home: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Caddy with our file, over plain HTTP."""
    with proxies.caddy(program("caddy"), tmp_path_factory.mktemp("caddy"), behind=home.port) as port:
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"


def answers(url: str) -> bool:
    try:
        return ask(url, headers={"host": "home.example"}).status == 200
    except OSError:
        return False


def test_public_objects_are_answered_by_the_proxy(front: str) -> None:
    first = ask(f"{front}/users/alice", headers=ACTIVITY)
    second = ask(f"{front}/users/alice", headers=ACTIVITY)

    assert (first.status, second.status, first.body) == (200, 200, second.body)
    assert second.headers["x-cache-status"] == "HIT"


def test_page_and_object_of_one_address_are_kept_apart(front: str) -> None:
    document = ask(f"{front}/@alice", headers=ACTIVITY)
    page = ask(f"{front}/@alice", headers={"accept": "text/html", "host": "home.example"})

    assert document.headers["content-type"].startswith("application/activity+json")
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("header", ["signature", "signature-input", "authorization", "cookie"])
def test_what_depends_on_who_asks_is_not_cached(front: str, header: str) -> None:
    for _ in range(2):
        answer = ask(
            f"{front}/users/alice", headers={**ACTIVITY, header: 'keyId="https://x.example/#k",signature="AA=="'}
        )

    assert answer.headers["x-cache-status"] == "BYPASS"


def test_the_api_is_not_cached(front: str, home: Server) -> None:
    token = home.token()
    asked = {"host": "home.example", "authorization": f"Bearer {token}"}

    mine = ask(f"{front}/api/v1/accounts/verify_credentials", headers=asked)
    nobodys = ask(f"{front}/api/v1/accounts/verify_credentials", headers={"host": "home.example"})

    assert (mine.status, nobodys.status) == (200, 401)


def test_a_connection_is_not_closed_under_a_request(front: str) -> None:
    """Nginx lets its connections go before we close them: requests with pauses are all answered."""
    statuses = []
    for pause in (0.0, 0.2, 0.5):
        time.sleep(pause)
        statuses.append(ask(f"{front}/inbox", method="POST", body=b"{}", headers={"host": "home.example"}).status)

    assert statuses == [415, 415, 415]


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    caddy = program("caddy")
    (tmp_path / "Caddyfile").write_text(proxies.caddyfile())

    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")],
        env=proxies.caddy_folders(tmp_path),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    unit = tmp_path / "smallfed.service"
    unit.write_text(
        (proxies.EXAMPLES / "smallfed.service").read_text().replace("/opt/smallfed/bin/smallfed", "/bin/true")
    )

    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("proxy", ["front", "caddy"])
def test_streams_pass_the_proxy_at_once(proxy: str, home: Server, request: pytest.FixtureRequest) -> None:
    """Neither a WebSocket nor lines are held back."""
    token, port = home.token(), int(request.getfixturevalue(proxy).rpartition(":")[2])
    bearer = f"Authorization: Bearer {token}\r\n"

    with (
        websocket(port, token, "stream=user") as app,
        websocket(port, None, "stream=user", protocols=[token]) as by_protocol,
        socket.create_connection(("127.0.0.1", port), timeout=10) as lines,
    ):
        head = (
            f"GET /api/v1/streaming/user HTTP/1.1\r\nHost: home.example:{port}\r\nAccept-Encoding: gzip\r\n{bearer}\r\n"
        )
        lines.sendall(head.encode())
        greeting = until(lines, b":)\n")
        post = home.api("POST", "/api/v1/statuses", token, status="Through the proxy")
        update = until(lines, b"\n\n")

        assert b" 200 " in greeting.splitlines()[0]
        assert b"event: update" in update
        assert app.events(1) == by_protocol.events(1) == [("user", "update", post["id"])]
        assert by_protocol.subprotocol == token


def until(line: socket.socket, end: bytes) -> bytes:
    """Return what comes, as soon as ``end`` has."""
    came = b""
    while end not in came:
        part = line.recv(65536)
        assert part, came
        came += part
    return came


def test_a_refused_websocket_is_refused_by_the_proxy_too(front: str) -> None:
    with websocket(int(front.rpartition(":")[2]), "wrong", "stream=user") as app:
        assert (app.status, app.body) == (401, b'{"error":"Invalid access token"}')
