"""Delivering: one post to many servers."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench import people, seeding
from tests.bench.budget import Row
from tests.bench.people import host_name
from tests.bench.stage import PATIENCE, Bench, Stage, percentile

Came = list[tuple[float, str, str]]
WAITING = "SELECT count(*) FROM deliveries WHERE state = 'waiting'"


def fresh(bench: Bench) -> Iterator[Row]:
    """A thousand followers on a thousand hosts that were never talked to."""
    count = bench.some(1000, least=20)
    stage = _stage(bench, "fresh", [host_name(number) for number in range(count)], count)
    with stage.running():
        begun, used = time.monotonic(), stage.cpu()
        answered = _say(stage, "to a thousand hosts")
        came = _arrived(bench, count)
        used = stage.cpu() - used
    seconds = max(moment for moment, _, _ in came) - begun
    each = f"{used / count * 1e6:,.0f} µs of processor each"
    note = f"{count:,} on as many hosts, {each}, post answered in {answered:.0f} ms"
    yield Row(name="fresh", value=count / seconds, note=note)


def warm(bench: Bench) -> Iterator[Row]:
    """A thousand followers on two hundred hosts, to which connections are open."""
    count = bench.some(1000, least=20)
    hosts = [host_name(number) for number in range(max(1, count // 5))]
    stage = _stage(bench, "warm", hosts, count)
    rates, used = [], 0.0
    with stage.running():
        for number in range(4):
            bench.peer.forget()
            begun, before = time.monotonic(), stage.cpu()
            _say(stage, f"number {number}")
            came = _arrived(bench, count)
            used = stage.cpu() - before
            rates.append(count / (max(moment for moment, _, _ in came) - begun))
            stage.until(WAITING, 0)
    note = (
        f"{count:,} on {len(hosts)} hosts, {used / count * 1e6:,.0f} µs of processor each, median of three; "
        f"the first, new connections: {rates[0]:,.0f}/s"
    )
    yield Row(name="warm", value=percentile(rates[1:], 0.5), note=note)


def sick(bench: Bench) -> Iterator[Row]:
    """A thousand hosts twice: all healthy, then a tenth of them dead and a tenth slow; the delay of the others.

    The best of several runs counts for each, because the neighbours of a machine only ever make a run longer.
    """
    count = bench.some(1000, least=50)
    kinds = "hhhhhhhhds"
    hosts = [host_name(number, kind=kinds[number % len(kinds)]) for number in range(count)]
    well, ill = [], []
    for _ in range(bench.some(5)):
        well.append(_delay(bench, hosts, sick=False))
        ill.append(_delay(bench, hosts, sick=True))
    note = f"p99 {_spread(ill)}, without them {_spread(well)}, in {len(well)} runs; the best of each"
    yield Row(name="sick", value=(min(ill) / min(well) - 1) * 100, note=note)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f} s"


def _delay(bench: Bench, hosts: Sequence[str], *, sick: bool) -> float:
    """Return the p99 of how long the healthy hosts waited for the post, in seconds."""
    stage = _stage(bench, "sick", hosts, len(hosts), sick=sick)
    healthy = sum(host.startswith("h") for host in hosts)
    with stage.running():
        begun = time.monotonic()
        _say(stage, "is everybody well?")
        came = _arrived(bench, healthy, hosts="h")
    return percentile([moment - begun for moment, host, _ in came if host.startswith("h")], 0.99)


def queue(bench: Bench) -> Iterator[Row]:
    """A post to ten thousand followers on a thousand hosts; then ten of them, while no host answers."""
    count = bench.some(10_000, least=100)
    hosts = [host_name(number) for number in range(max(1, count // 10))]
    stage = _stage(bench, "queue", hosts, count)
    with stage.running():
        _say(stage, "@nobody the first post is slower", visibility="direct")
        answered = _say(stage, "to everybody")
        token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
        home = f"GET /api/v1/timelines/home HTTP/1.1\r\nHost: {people.HOME}\r\n{token}\r\n".encode()
        meanwhile = stage.blast([home], connections=1, seconds=2)
    note = f"{count:,} rows; home timeline meanwhile: p50 {meanwhile.p50:.0f} ms, p99 {meanwhile.p99:.0f} ms"
    yield Row(name="post", value=answered, note=note)
    posts = 10
    stage = _stage(bench, "queue", [host.replace("h", "d", 1) for host in hosts], count, sick=True)
    with stage.running():
        answers = [_say(stage, f"number {number}") for number in range(posts)]
        time.sleep(10)
        waiting = stage.count(WAITING)
        note = (
            f"{waiting:,} waiting; posts answered in {percentile(answers, 0.5):.0f} ms, at most {max(answers):.0f} ms"
        )
        yield Row(name="peak", value=max([*bench.peaks, stage.peak()]), note=f"{note}; most of all measurements")


# Shared ---------------------------------------------------------------------------------------------------------------
def _stage(bench: Bench, name: str, hosts: Sequence[str], count: int, *, sick: bool = False) -> Stage:
    """Return a server whose owner is followed by ``count`` people on ``hosts``, each with an inbox of their own."""
    bench.peer.forget()
    followers = people.people(count, hosts)
    stage = bench.stage(name).seed(
        lambda tx: seeding.know(tx, followers, bench.keys.pems, follow_us=True, followed=False)
    )
    return stage.resolve(hosts, sick=sick)


def _say(stage: Stage, text: str, **parameters: Any) -> float:
    """Publish a post; return after how many milliseconds the API had answered."""
    begun = time.monotonic()
    stage.api("POST", "/api/v1/statuses", status=text, **parameters)
    return (time.monotonic() - begun) * 1000


def _arrived(bench: Bench, count: int, *, hosts: str = "") -> Came:
    """Wait until ``count`` deliveries have come to hosts whose names begin with ``hosts``; return all that came."""
    deadline = time.monotonic() + PATIENCE
    while True:
        if bench.peer.count() >= count:
            came = [tuple(each) for each in bench.peer.report()["came"] if each[1].startswith(hosts)]
            if len(came) >= count:
                return came
        if time.monotonic() > deadline:
            raise RuntimeError(f"{bench.peer.count()} of {count} deliveries came")
        time.sleep(0.05)
