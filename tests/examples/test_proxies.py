"""The proxy files, in front of a real server: nginx caches what is public and nothing else; Caddy takes its file."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Laboratory, Server, ask, eventually, free_port, laboratory
from tests.websocket import websocket

EXAMPLES = Path(__file__).parents[2] / "examples"
ACTIVITY = {"accept": "application/activity+json", "host": "home.example"}


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
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
    """Nginx with our file; only domain, ports, certificate and folders are those of the test."""
    nginx, folder, port = program("nginx"), tmp_path_factory.mktemp("nginx"), free_port()
    text = (EXAMPLES / "nginx.conf").read_text()
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^\s+listen \[::\]:443.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\s+ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};").replace(
        "social.example.org", "home.example"
    )
    text = text.replace("127.0.0.1:8420", f"127.0.0.1:{home.port}").replace("/var/cache/nginx", str(folder / "cache"))
    (folder / "cache").mkdir()
    folders = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the folder of the test is root's own
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{folders}\n{text}\n}}\n"
    )
    process = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def caddy(home: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Caddy with our file, over plain HTTP."""
    command, folder, port = program("caddy"), tmp_path_factory.mktemp("caddy"), free_port()
    text = (EXAMPLES / "Caddyfile").read_text()
    text = text.replace("social.example.org {", f"http://127.0.0.1:{port}, http://home.example:{port} {{")
    text = text.replace("127.0.0.1:8420", f"127.0.0.1:{home.port}")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + text)
    names = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env={**os.environ, **names},
            stdout=log,
            stderr=log,
        )
    try:
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()  # asked to stop, it waits for connections that are kept
        process.wait(timeout=10)


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
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}

    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(EXAMPLES / "Caddyfile")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    unit = tmp_path / "smallfed.service"
    unit.write_text((EXAMPLES / "smallfed.service").read_text().replace("/opt/smallfed/bin/smallfed", "/bin/true"))

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
