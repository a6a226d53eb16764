"""Relays: what the owner notices of one that brings fifty posts a second, and whether it stays within its caps."""

import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from smallfed.control import relays as calls
from smallfed.domain.relay import State
from smallfed.policy.relaying import QUEUED
from smallfed.store import relays as rows
from tests.bench import people, seeding
from tests.bench.budget import Row
from tests.bench.measures.reading import library
from tests.bench.people import HOME, Person, host_name
from tests.bench.stage import Bench, Stage

RATE, LINES = 50, 100  # a second, on so many connections: answers take a second and a half
SPELL, LOOK = 10.0, 5.0  # seconds of reading with and without it, in turns, because machines have moods
TURNS = 60  # ten minutes with it
CAPS = {"posts": 1000, "bytes": 100_000_000, "fetches": 5000}
RELAY = Person(number=90_000, host=host_name(0))


def relays(bench: Bench) -> Iterator[Row]:
    """The home timeline with a relay for ten minutes, and without in turns: then it is paused."""
    hosts = [host_name(number) for number in range(200)]
    stage = _subscribed(bench).resolve(hosts)
    authors = people.people(1000, hosts, first=10_000)
    quiet, busy, sent = list[float](), list[float](), 0
    with stage.running():
        _read(stage, LOOK)
        for _ in range(bench.some(TURNS, least=1)):
            stage.server.command("relays", "pause", RELAY.host)
            quiet.append(_read(stage, LOOK))
            stage.server.command("relays", "resume", RELAY.host)
            with _brought(bench, stage, authors, first=sent) as lines:
                busy.append(_read(stage, SPELL))
            sent += sum(line.result() for line in lines)
        stage.until(
            "SELECT sum(heard) FROM relay_days", sent
        )  # the books of what is not let in are kept a little later
        bill = stage.rows("SELECT sum(heard), sum(posts), sum(fetches), sum(cpu), sum(bytes) FROM relay_days")[0]
        waiting = stage.count("SELECT count(*) FROM relay_arrivals")
    heard, posts, fetches, cpu, size = bill
    if posts > CAPS["posts"] or fetches > CAPS["fetches"] or waiting > QUEUED:
        raise RuntimeError(f"beyond the caps: {posts} posts, {fetches} requests, {waiting} waiting")
    before, after = _middle(quiet), _middle(busy)
    note = (
        f"p99 {before:.1f} → {after:.1f} ms (medians of {len(busy)} turns); {heard:,} brought, {posts:,} kept, "
        f"{fetches:,} requests, {size / 1e6:,.1f} MB, {cpu / 1e6:.1f} s of processor, {waiting:,} waiting"
    )
    yield Row(name="relayed", value=(after / before - 1) * 100, note=note)


def _subscribed(bench: Bench) -> Stage:
    """Return a server with many posts that a relay has accepted."""
    stage, address = bench.stage("relays"), f"https://{RELAY.host}/inbox"
    shutil.copytree(library(bench), stage.data)
    with seeding.writing(stage.data) as tx:
        seeding.know(tx, [RELAY], bench.keys.pems, follow_us=False, followed=False)
        calls.add(tx, address=address, style="mastodon", direction="receive")
        calls.cap(tx, relay=address, caps=CAPS)
        (relay,) = rows.every(tx)
        rows.change(tx, relay.id, state=State.ACCEPTED, actor=RELAY.uri, answered_at=tx.now)
    return stage


def _read(stage: Stage, seconds: float) -> float:
    """Return the p99 of one client that reads the home timeline again and again for a while."""
    token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
    request = f"GET /api/v1/timelines/home?limit=40 HTTP/1.1\r\nHost: {HOME}\r\n{token}\r\n".encode()
    came = stage.blast([request], connections=1, seconds=seconds * min(1.0, max(0.1, stage.bench.scale * 10)))
    if set(came.statuses) != {"200"}:
        raise RuntimeError(f"not every answer was 200: {came.statuses}")
    return came.p99


@contextmanager
def _brought(bench: Bench, stage: Stage, authors: Sequence[Person], *, first: int) -> Iterator[list[Future[int]]]:
    """Let the relay bring posts, signed beforehand, while the block runs; each line says in the end how many."""
    numbers = range(first, first + int(SPELL * RATE * 1.5))
    ready = [bench.keys.signed(RELAY, people.plain(authors[number % len(authors)], number)) for number in numbers]
    over = Event()
    with ThreadPoolExecutor(LINES) as pool:
        lines = [pool.submit(_bring, stage.server.port, ready[line::LINES], over, line) for line in range(LINES)]
        try:
            yield lines
        finally:
            over.set()


def _bring(port: int, requests: Sequence[bytes], over: Event, line: int) -> int:
    """Send on one of several lines, each request when the one before is answered; together they make the rate."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        begun = time.monotonic()
        for number, request in enumerate(requests):
            if over.wait(max(0.0, begun + (number * LINES + line) / RATE - time.monotonic())):
                return number
            connection.sendall(request)
            answer = connection.recv(1 << 16)
            if not answer.startswith(b"HTTP/1.1 202"):
                raise RuntimeError(answer[:200].decode("latin-1"))
    return len(requests)


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
