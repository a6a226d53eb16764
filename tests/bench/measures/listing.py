"""Lists of others: how fast a very long one holds, whether anybody notices meanwhile, and what it costs to be asked."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, perf_counter

from smallfed.app import DATABASE
from smallfed.runtime.clock import Clock, chance
from smallfed.store import domain_blocks
from smallfed.store.opening import open_reader
from smallfed.store.tx import Tx
from tests.bench import seeding
from tests.bench.budget import Row
from tests.bench.people import HOME
from tests.bench.stage import Bench, Blast, Stage

ENTRIES = 50_000
ASKED = 5000
HELD = "SELECT count(*) FROM domain_blocks WHERE origin = 'lists'"


def lists(bench: Bench) -> Iterator[Row]:
    """A list that blocks by its own word is brought to a running server, while an app reads home."""
    count = max(100, int(ENTRIES * bench.scale))
    stage = bench.stage("lists").seed()
    file = bench.folder / "list.csv"
    file.write_text("domain,severity\n" + "".join(f"spam{i}.bad{i % 997}.example,suspend\n" for i in range(count)))
    with stage.running():
        came: list[Blast] = []
        stage.api("GET", "/api/v1/timelines/home")  # what is imported for the first app is no matter of lists
        reading = threading.Thread(target=lambda: came.append(_read_home(stage, seconds=max(2.0, 10 * bench.scale))))
        begun, used = monotonic(), stage.cpu()
        reading.start()
        stage.server.command("lists", "add", str(file), "--weight", "2", "--automatic")
        taken = stage.until(HELD, count) - begun
        used = stage.cpu() - used
        reading.join()
    note = f"{count:,} entries, {used:.1f} s of the server's processor"
    yield Row(name="lists", value=taken, note=note)
    yield Row(name="lists meanwhile", value=came[0].p99, note=f"most {came[0].max:.0f} ms")
    for name, host in (("lists match", "deep.spam7.bad7.example"), ("lists no match", "deep.good.example")):
        yield Row(name=name, value=_asked(stage.data, host), note=f"of {count:,}")


def _read_home(stage: Stage, *, seconds: float) -> Blast:
    token = f"Authorization: Bearer {seeding.TOKEN}\r\n"
    request = f"GET /api/v1/timelines/home HTTP/1.1\r\nHost: {HOME}\r\n{token}\r\n".encode()
    return stage.blast([request], connections=1, seconds=seconds)


def _asked(data: Path, host: str) -> float:
    """Return how many microseconds it takes to know whether a server is blocked."""
    with closing(open_reader(data / DATABASE)) as sql:
        tx = Tx(sql, now=Clock().now(), dice=chance)
        domain_blocks.covers(tx, host)
        begun = perf_counter()
        for _ in range(ASKED):
            domain_blocks.covers(tx, host)
        return (perf_counter() - begun) / ASKED * 1e6
