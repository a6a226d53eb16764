"""Reading: what strangers, browsers and the owner's app ask for again and again."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from smallfed.store import migrations
from tests.bench import people, seeding
from tests.bench.budget import Row
from tests.bench.people import HOME, host_name
from tests.bench.stage import Bench, Stage
from tests.processes import ask, eventually, free_port

ACTIVITY = "application/activity+json"
CLIENTS = 32
NGINX = Path(__file__).parents[3] / "examples" / "nginx.conf"
KEPT = "/var/cache/nginx/smallfed"


class Rate(Struct, frozen=True, kw_only=True):
    """How many a second, and with what."""

    rate: float
    by: str


def objects(bench: Bench) -> Iterator[Row]:
    """The actor and a note, as other servers ask for them."""
    stage = bench.stage("objects").seed()
    with stage.running():
        for name, path in _public(stage):
            used = stage.cpu()
            found = _rate(bench, stage, stage.server.port, path, ACTIVITY)
            used = stage.cpu() - used
            each = used / (found.rate * _seconds(bench)) * 1e6
            yield Row(
                name=name, value=found.rate, note=f"{CLIENTS} clients, {found.by}, {each:,.0f} µs of processor each"
            )


def proxied(bench: Bench) -> Iterator[Row]:
    """The same behind nginx, with the cache as the file in examples/ has it, over plain HTTP."""
    if (nginx := shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")) is None:
        return
    stage = bench.stage("proxied").seed()
    with stage.running(), _proxy(bench, stage, nginx) as port:
        for name, path in _public(stage):
            found = _rate(bench, stage, port, path, ACTIVITY)
            said = ask(f"http://127.0.0.1:{port}{path}", headers={"host": HOME, "accept": ACTIVITY}).headers
            note = f"{CLIENTS} clients, {found.by}, cache says {said.get('x-cache-status', 'nothing')}"
            yield Row(name=f"{name} proxied", value=found.rate, note=note)


def profile(bench: Bench) -> Iterator[Row]:
    """The owner's page, with a few posts on it."""
    stage = bench.stage("profile").seed()
    with stage.running():
        for number in range(20):
            stage.api("POST", "/api/v1/statuses", status=f"This is number {number} #tag")
        found = _rate(bench, stage, stage.server.port, "/@alice", "text/html")
        yield Row(name="profile", value=found.rate, note=f"20 posts on it, {CLIENTS} clients, {found.by}")


def home(bench: Bench) -> Iterator[Row]:
    """The home timeline of somebody who follows 200 people and holds many posts; what one of these people posted."""
    stage = _library(bench)
    with stage.running():
        (newest, *_) = stage.api("GET", "/api/v1/timelines/home?limit=1")
        statuses = f"/api/v1/accounts/{newest['account']['id']}/statuses?limit=40"
        for name, path in (("home", "/api/v1/timelines/home?limit=40"), ("statuses", statuses)):
            token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
            request = f"GET {path} HTTP/1.1\r\nHost: {HOME}\r\n{token}\r\n".encode()
            stage.blast([request], connections=1, seconds=1)
            for clients in (1, 16) if name == "home" else (1,):
                used = stage.cpu()
                came = stage.blast([request], connections=clients, seconds=_seconds(bench))
                each = (stage.cpu() - used) / came.count * 1e3
                _require_good(stage, came.statuses)
                took = f"p50 {came.p50:.1f} ms, {each:.1f} ms of processor each"
                note = f"{bench.posts:,} posts, {came.rate:,.0f}/s, {took}"
                yield Row(name=f"{name} {clients}", value=came.p99, note=note)


# Shared ---------------------------------------------------------------------------------------------------------------
def _public(stage: Stage) -> list[tuple[str, str]]:
    note = stage.api("POST", "/api/v1/statuses", status="A note that goes round the world #tag")["uri"]
    return [("actor", "/users/alice"), ("note", note.removeprefix(f"https://{HOME}"))]


def _seconds(bench: Bench) -> float:
    return max(1.0, 5 * bench.scale)


def _rate(bench: Bench, stage: Stage, port: int, path: str, accept: str) -> Rate:
    """Ask for one thing over and over, with wrk where it is installed."""
    url = f"http://127.0.0.1:{port}{path}"
    answer = ask(url, headers={"host": HOME, "accept": accept})
    _require_good(stage, {str(answer.status): 1})
    if (wrk := shutil.which("wrk")) is None:
        request = f"GET {path} HTTP/1.1\r\nHost: {HOME}\r\nAccept: {accept}\r\n\r\n".encode()
        came = stage.blast([request], connections=CLIENTS, seconds=_seconds(bench), port=port)
        _require_good(stage, came.statuses)
        return Rate(rate=came.rate, by=f"p99 {came.p99:.0f} ms, by a client in Python (wrk is not installed)")
    length = f"{max(1, round(_seconds(bench)))}s"
    command = [
        wrk,
        "-t1",
        f"-c{CLIENTS}",
        f"-d{length}",
        "--latency",
        "-H",
        f"Host: {HOME}",
        "-H",
        f"Accept: {accept}",
        url,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    rate, p99 = re.search(r"Requests/sec: +([\d.]+)", said), re.search(r"99% +(\S+)", said)
    assert rate is not None
    assert p99 is not None
    return Rate(rate=float(rate[1]), by=f"p99 {p99[1]}, by wrk")


def _require_good(stage: Stage, statuses: dict[str, int]) -> None:
    if set(statuses) != {"200"}:
        raise RuntimeError(f"not every answer was 200: {statuses}\n{stage.server.log.read_text()[-3000:]}")


@contextmanager
def _proxy(bench: Bench, stage: Stage, nginx: str) -> Iterator[int]:
    """Run nginx with the file of examples/, without TLS; yield its port."""
    port, folder = free_port(), bench.folder / "nginx"
    folder.mkdir(exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(_adapted(NGINX.read_text(), folder, port=port, behind=stage.server.port))
    process = subprocess.Popen([nginx, "-c", str(file), "-p", str(folder), "-e", str(folder / "error.log")])
    try:
        eventually(lambda: _listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def _adapted(text: str, folder: Path, *, port: int, behind: int) -> str:
    """Return the shipped file as the http block of a whole configuration, on loopback and without certificates."""
    changes: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
        (r"server \{\s+listen 80;.*?\n\}\n", ""),  # the redirect to https
        (r"listen \[::\]:443[^;]*;", ""),
        (r"listen 443[^;]*;", f"listen 127.0.0.1:{port};"),
        (r"ssl_certificate[^;]*;", ""),
        (re.escape(KEPT), str(folder / "cache")),
        (r"127\.0\.0\.1:8420", f"127.0.0.1:{behind}"),
        (r"social\.example\.org", HOME),
    ]
    for old, new in changes:
        text, count = re.subn(old, new, text, flags=re.DOTALL)
        if not count:
            raise RuntimeError(f"examples/nginx.conf is not as the benchmark knows it: nothing matches {old!r}")
    paths = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""  # or its worker could not write to our folder
    return (
        f"{user}daemon off; worker_processes 1; pid {folder / 'pid'};\nevents {{ worker_connections 1024; }}\n"
        f"http {{\naccess_log off;\n{paths}{text}\n}}\n"
    )


def library(bench: Bench) -> Path:
    """Return a folder with the database of a server with many posts, made once for each number and form of them."""
    form = sha256("".join(step.name for step in migrations.steps()).encode()).hexdigest()[:12]
    kept = bench.cache / f"posts-{bench.posts}-{form}"
    if not kept.exists():
        authors = people.people(200, [host_name(number) for number in range(20)])
        begun = bench.stage("library").seed(
            lambda tx: seeding.fill(
                tx, seeding.know(tx, authors, bench.keys.pems, follow_us=False, followed=True), bench.posts
            )
        )
        shutil.copytree(begun.data, kept)
    return kept


def _library(bench: Bench) -> Stage:
    """Return a server with many posts."""
    stage = bench.stage("home")
    shutil.copytree(library(bench), stage.data)
    return stage
