"""The inbox: how fast activities are accepted, and how fast they are understood."""

import sys
import time
from collections.abc import Iterator

from tests.bench import people, seeding
from tests.bench.budget import Row
from tests.bench.people import Person, host_name
from tests.bench.stage import Bench, Blast, Stage

SENDERS = 32
PARKED = "SELECT DISTINCT reason FROM inbound WHERE state = 'parked'"
UNSETTLED = "SELECT count(*) FROM inbound WHERE state IN ('waiting', 'parked')"
UNFOUND = "SELECT count(*) FROM search_arrivals"


def inbox(bench: Bench) -> Iterator[Row]:
    """Notes of 200 people on 20 hosts whom the owner follows and who mention her; their keys are known."""
    authors = people.people(200, [host_name(number) for number in range(20)])
    stage = bench.stage("inbox").seed(
        lambda tx: seeding.know(tx, authors, bench.keys.pems, follow_us=False, followed=True)
    )
    warm, count = bench.some(200), bench.some(10_000)
    with stage.running():
        _take_in(stage, authors, warm, first=0)
    before = stage.sizes()
    with stage.running():
        accepted, seconds, found, cpu = _take_in(stage, authors, count, first=warm)
    now, later = ((size - old) / count for size, old in zip(stage.sizes(), before, strict=True))
    each = f"{cpu / count * 1e6:,.0f} µs of processor each"
    yield Row(name="accepted", value=accepted.rate, note=f"{count:,} notes, p50 {accepted.p50:.1f} ms, {each} in all")
    yield Row(name="accepted p99", value=accepted.p99, note=f"most {accepted.max:.0f} ms")
    note = f"from the first sent to the last settled, while accepting; found by searching {found - seconds:.1f} s later"
    yield Row(name="processed", value=count / seconds, note=note)
    yield Row(name="bytes", value=later, note=f"for good; {now:,.0f} B while the queue remembers it")


def strangers(bench: Bench) -> Iterator[Row]:
    """Notes that mention the owner, each by somebody never seen before."""
    hosts = [host_name(number) for number in range(100)]
    count = bench.some(1000)
    authors = people.people(count, hosts)
    stage = bench.stage("strangers").seed().resolve(hosts)
    bench.peer.forget()
    with stage.running():
        accepted, seconds, _, cpu = _take_in(stage, authors, count, first=0)
    asked = bench.peer.report()["asked"]
    note = (
        f"{count:,} people on {len(hosts)} hosts, {asked / count:.1f} fetches and {cpu / count * 1e3:.1f} ms of "
        f"processor each, accepted p99 {accepted.p99:,.0f} ms"
    )
    yield Row(name="strangers", value=count / seconds, note=note)


def _take_in(stage: Stage, authors: list[Person], count: int, *, first: int) -> tuple[Blast, float, float, float]:
    """Send notes and wait until all can be found; return what came of sending, and seconds.

    These are until all were settled, until all could be found, and of processor for all of it.
    """
    requests = list(people.notes(stage.bench.keys, authors, count, first=first))
    used, begun = stage.cpu(), time.monotonic()
    accepted = stage.blast(requests, connections=SENDERS)
    # The generator has taken a moment to start; what it says about itself is exact.
    begun = max(begun, time.monotonic() - accepted.seconds)
    parked: set[str] = set()
    done = stage.until(UNSETTLED, 0, meanwhile=lambda: parked.update(reason for (reason,) in stage.rows(PARKED)))
    if parked:
        print(f"parked for a while: {'; '.join(sorted(parked)[:5])}", file=sys.stderr)
    found = stage.until(UNFOUND, 0)
    used = stage.cpu() - used
    _require_all_there(stage, accepted, first + count)
    return accepted, done - begun, found - begun, used


def _require_all_there(stage: Stage, accepted: Blast, count: int) -> None:
    found = {
        "answers": accepted.statuses,
        "stored": stage.count("SELECT count(*) FROM posts WHERE in_home OR NOT local"),
        "notified": stage.count("SELECT count(*) FROM notifications WHERE type = 'mention'"),
    }
    wanted = {"answers": {"202": accepted.count}, "stored": count, "notified": count}
    if found != wanted:
        raise RuntimeError(f"not everything is there: {found}, not {wanted}\n{_reasons(stage)}")


def _reasons(stage: Stage) -> str:
    rows = stage.rows("SELECT state, reason, count(*) FROM inbound GROUP BY state, reason")
    return f"{rows}\n{stage.server.log.read_text()[-2000:]}"
