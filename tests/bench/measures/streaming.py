"""Streaming: how long an event is on its way to many apps while much else arrives."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench import blast, people, seeding
from tests.bench.budget import Row
from tests.bench.people import PUBLIC, KeyRing, Person, host_name
from tests.bench.stage import Bench, Stage, percentile
from tests.processes import eventually

LISTENERS = 50
RATE = 500  # activities a second
HOME = 50  # one in so many belongs in the home timeline
SECONDS = 20
RESTED = re.compile(r"streams.silent.*rendered=(\d+).*told=(\d+)")


def streaming(bench: Bench) -> Iterator[Row]:
    """Answers to a stranger by people the owner follows, which are kept and not shown; every 50th is for home."""
    authors = people.people(200, [host_name(number) for number in range(20)])
    (stranger,) = people.people(1, [host_name(20)], first=900)
    stage = bench.stage("streaming").seed(
        lambda tx: seeding.know(tx, authors, bench.keys.pems, follow_us=False, followed=True),
        lambda tx: seeding.fill(tx, seeding.know(tx, [stranger], bench.keys.pems, follow_us=False, followed=False), 1),
    )
    count = bench.some(SECONDS * RATE, least=HOME)
    with stage.running():
        (answered,) = stage.rows("SELECT uri FROM posts WHERE NOT local LIMIT 1")[0]
        requests = list(_notes(bench.keys, authors, count, answered))
        used = stage.cpu()
        found = _listened(stage, requests)
        used = stage.cpu() - used
        rendered = _all_heard(stage, found, count)
        stored = _stored(stage)
    came = [(str(number), moment) for number, moment in found["came"]]
    latencies = [(found["zero"] + moment - stored[number]) * 1000 for number, moment in came]
    waited = [(moment - found["sent"][number]) * 1000 for number, moment in came]
    rate, each = count / found["seconds"], used / count * 1e6
    note = f"from stored to heard, {count:,} activities at {rate:,.0f}/s, {each:,.0f} µs of processor each"
    yield Row(name="heard", value=percentile(latencies, 0.5), note=note)
    note = f"most {max(latencies):,.0f} ms; {rendered} events rendered, once each"
    yield Row(name="heard p99", value=percentile(latencies, 0.99), note=note)
    note = f"the queue of the inbox included; p99 {percentile(waited, 0.99):,.0f} ms"
    yield Row(name="sent heard", value=percentile(waited, 0.5), note=note)


def _stored(stage: Stage) -> dict[str, float]:
    """Return when each note was stored, as a time of day, by its number."""
    rows = stage.rows("SELECT uri, received_at FROM posts WHERE in_home AND NOT local")
    return {uri.rpartition("/")[2]: received / 1000 for uri, received in rows}


def _notes(keys: KeyRing, authors: Sequence[Person], count: int, answered: str) -> Iterator[bytes]:
    for number in range(count):
        person = authors[number % len(authors)]
        activity = people.note(person, number)
        note = activity["object"]
        audience = {"to": [PUBLIC], "cc": [f"{person.uri}/followers"]}
        note |= {**audience, "tag": note["tag"][1:], "inReplyTo": None if number % HOME == 0 else answered}
        yield keys.signed(person, {**activity, **audience})


def _listened(stage: Stage, requests: Sequence[bytes]) -> dict[str, Any]:
    file = stage.bench.folder / "notes"
    blast.write(file, iter(requests))
    arguments = [
        str(stage.server.port),
        seeding.TOKEN,
        str(LISTENERS),
        str(RATE),
        str(len(requests) // HOME),
        str(file),
    ]
    command = [sys.executable, "-m", "tests.bench.listen", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{done.stderr}\n{stage.server.log.read_text()[-3000:]}")
    return dict(json.loads(done.stdout))


def _all_heard(stage: Stage, found: dict[str, Any], count: int) -> int:
    """Return how many events were rendered; fails unless each was heard by all, and rendered once."""
    wanted = [number for number in range(0, count, HOME) for _ in range(LISTENERS)]
    rested = eventually(lambda: RESTED.search(stage.server.log.read_text()))
    rendered, told = int(rested[1]), int(rested[2])
    if sorted(number for number, _ in found["came"]) != wanted or (rendered, told) != (count // HOME, len(wanted)):
        raise RuntimeError(
            f"{len(found['came'])} heard, {rendered} rendered, {told} told, not {len(wanted)}; {found['statuses']}"
        )
    return rendered
