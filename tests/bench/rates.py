"""Rates: one thing asked for over and over, with wrk where it is installed; also behind nginx."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from tests import proxies
from tests.bench.people import HOME
from tests.bench.stage import Bench, Stage
from tests.processes import ask

CLIENTS = 32


class Rate(Struct, frozen=True, kw_only=True):
    """How many a second, how much processor time the server took for each (in µs), and how it was measured."""

    rate: float
    each: float
    by: str


def rate(
    bench: Bench,
    stage: Stage,
    path: str,
    *,
    headers: Mapping[str, str],
    port: int = 0,
    status: int = 200,
    clients: int = CLIENTS,
) -> Rate:
    """Ask for one thing, of the server or what listens at ``port``; RuntimeError when an answer has another status."""
    port = port or stage.server.port
    headers = {"Host": HOME, **headers}
    answer = ask(f"http://127.0.0.1:{port}{path}", headers=headers)
    _require(stage, {str(answer.status): 1}, status)
    used = stage.cpu()
    count, a_second, by = (_with_wrk if shutil.which("wrk") else _by_ourselves)(
        bench, stage, path, headers=headers, port=port, status=status, clients=clients
    )
    each = (stage.cpu() - used) / count * 1e6
    return Rate(rate=a_second, each=each, by=f"{clients} clients, {by}")


def seconds(bench: Bench) -> float:
    """Return how long one thing is asked for."""
    return max(1.0, 5 * bench.scale)


def _by_ourselves(
    bench: Bench, stage: Stage, path: str, *, headers: Mapping[str, str], port: int, status: int, clients: int
) -> tuple[int, float, str]:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()
    came = stage.blast([request], connections=clients, seconds=seconds(bench), port=port)
    _require(stage, came.statuses, status)
    return came.count, came.rate, f"p99 {came.p99:.0f} ms, by a client in Python (wrk is not installed)"


def _with_wrk(
    bench: Bench, stage: Stage, path: str, *, headers: Mapping[str, str], port: int, status: int, clients: int
) -> tuple[int, float, str]:
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    length = f"{max(1, round(seconds(bench)))}s"
    url = f"http://127.0.0.1:{port}{path}"
    command = ["wrk", "-t1", f"-c{clients}", f"-d{length}", "--latency", *lines, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"not every answer was {status}: {said}\n{stage.server.log.read_text()[-3000:]}")
    count, a_second, p99 = (
        re.search(pattern, said) for pattern in (r"(\d+) requests in", r"Requests/sec: +([\d.]+)", r"99% +(\S+)")
    )
    assert count is not None
    assert a_second is not None
    assert p99 is not None
    return int(count[1]), float(a_second[1]), f"p99 {p99[1]}, by wrk"


def _require(stage: Stage, statuses: Mapping[str, int], status: int) -> None:
    if set(statuses) != {str(status)}:
        raise RuntimeError(f"not every answer was {status}: {statuses}\n{stage.server.log.read_text()[-3000:]}")


@contextmanager
def behind_nginx(bench: Bench, stage: Stage) -> Iterator[int | None]:
    """Run nginx with the files of examples/ in front of the server; yield its port, None where there is no nginx."""
    if (command := proxies.program("nginx")) is None:
        yield None
        return
    with proxies.nginx(command, bench.folder / f"nginx-{stage.data.name}", behind=stage.server.port) as port:
        yield port
