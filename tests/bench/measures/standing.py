"""Starting, and doing nothing."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection

from tests.bench.budget import Row
from tests.bench.stage import Bench, Stage, percentile

SETTLE = 5.0


def start(bench: Bench) -> Iterator[Row]:
    """Time from the command to the first good answer of /readyz; then what it holds in memory."""
    stage = bench.stage("start").seed()
    starts = []
    for _ in range(bench.some(5, least=2)):
        starts.append(_started(stage))
        stage.server.stop()
    yield Row(name="start", value=percentile(starts, 0.5), note=f"median of {len(starts)}, most {max(starts):.2f} s")
    with stage.running():
        time.sleep(SETTLE)
        yield Row(name="idle", value=stage.memory(), note=f"resident, {SETTLE:.0f} s after it answered")


def _started(stage: Stage) -> float:
    begun = time.monotonic()
    stage.server.launch()
    while not _ready(stage.server.port):
        time.sleep(0.005)
        assert time.monotonic() - begun < 30, stage.server.log.read_text()
    return time.monotonic() - begun


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
