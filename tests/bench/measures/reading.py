"""Reading: what strangers, browsers and the owner's app ask for again and again."""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from smallfed.store import migrations
from tests.bench import people, rates, seeding
from tests.bench.budget import Row
from tests.bench.people import HOME, host_name
from tests.bench.stage import Bench, Stage
from tests.processes import ask

ACTIVITY = {"Accept": "application/activity+json"}


def objects(bench: Bench) -> Iterator[Row]:
    """The actor and a note, as other servers ask for them."""
    stage = bench.stage("objects").seed()
    with stage.running():
        for name, path in _public(stage):
            found = rates.rate(bench, stage, path, headers=ACTIVITY)
            yield Row(name=name, value=found.rate, note=f"{found.by}, {found.each:,.0f} µs of processor each")


def proxied(bench: Bench) -> Iterator[Row]:
    """The same behind nginx, with the cache as the file in examples/ has it, over plain HTTP."""
    stage = bench.stage("proxied").seed()
    with stage.running(), rates.behind_nginx(bench, stage) as port:
        if port is None:
            return
        for name, path in _public(stage):
            found = rates.rate(bench, stage, path, headers=ACTIVITY, port=port)
            said = ask(f"http://127.0.0.1:{port}{path}", headers={"host": HOME, **ACTIVITY}).headers
            note = f"{found.by}, cache says {said.get('x-cache-status', 'nothing')}"
            yield Row(name=f"{name} proxied", value=found.rate, note=note)


def profile(bench: Bench) -> Iterator[Row]:
    """The owner's page, with a few posts on it."""
    stage = bench.stage("profile").seed()
    with stage.running():
        for number in range(20):
            stage.api("POST", "/api/v1/statuses", status=f"This is number {number} #tag")
        found = rates.rate(bench, stage, "/@alice", headers={"Accept": "text/html"})
        note = f"20 posts on it, {found.by}, {found.each:,.0f} µs of processor each"
        yield Row(name="profile", value=found.rate, note=note)


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
                came = stage.blast([request], connections=clients, seconds=rates.seconds(bench))
                each = (stage.cpu() - used) / came.count * 1e3
                _require_good(stage, came.statuses)
                took = f"p50 {came.p50:.1f} ms, {each:.1f} ms of processor each"
                note = f"{bench.posts:,} posts, {came.rate:,.0f}/s, {took}"
                yield Row(name=f"{name} {clients}", value=came.p99, note=note)


# Shared ---------------------------------------------------------------------------------------------------------------
def _public(stage: Stage) -> list[tuple[str, str]]:
    note = stage.api("POST", "/api/v1/statuses", status="A note that goes round the world #tag")["uri"]
    return [("actor", "/users/alice"), ("note", note.removeprefix(f"https://{HOME}"))]


def _require_good(stage: Stage, statuses: dict[str, int]) -> None:
    if set(statuses) != {"200"}:
        raise RuntimeError(f"not every answer was 200: {statuses}\n{stage.server.log.read_text()[-3000:]}")


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
