"""What a measurement stands on: a server with a prepared database, the peer, the load generator, and their readings."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme
from msgspec import Struct

from smallfed.app import DATABASE
from smallfed.store import pruning
from smallfed.store.tx import Tx
from tests.bench import blast, seeding
from tests.bench.people import DOMAIN, HOME, KeyRing
from tests.processes import FRONT, Server, ask, free_port

PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
PATIENCE = 180.0


class Blast(Struct, frozen=True, kw_only=True):
    """What came of a load. Latencies in milliseconds."""

    count: int
    seconds: float
    rate: float
    statuses: dict[str, int]
    p50: float
    p99: float
    max: float


class Peer:
    """The process with all other servers."""

    def __init__(self, process: "subprocess.Popen[str]", ports: Mapping[str, int]) -> None:
        self.process, self.ports = process, ports

    @property
    def _control(self) -> str:
        return f"http://{FRONT}:{self.ports['control']}"

    def count(self) -> int:
        """How many deliveries came since the last ``forget``."""
        return int(ask(f"{self._control}/count").json())

    def report(self) -> dict[str, Any]:
        """What came: ``came`` is [[moment, host, path]], moments of ``time.monotonic``."""
        return dict(ask(f"{self._control}/report").json())

    def forget(self) -> None:
        """Begin anew."""
        ask(f"{self._control}/", method="POST", body=b"")


class Stage:
    """A server under measurement, in a folder of its own."""

    def __init__(self, bench: "Bench", name: str) -> None:
        self.bench = bench
        self.data = bench.folder / name
        environment = {
            "SMALLFED_NETWORK_ALLOW": f"{FRONT}/32",
            "SMALLFED_NETWORK_CA_FILE": str(bench.ca_file),
            "SMALLFED_LIMITS_RATE": "false",
        }
        self.server = Server(self.data, domain=HOME, environment=environment)
        self.server.port = free_port()
        self.server.environment["SMALLFED_SERVER_BIND"] = f"127.0.0.1:{self.server.port}"

    # Before -----------------------------------------------------------------------------------------------------
    def seed(self, *fillers: Callable[[Tx], object]) -> "Stage":
        """Set the house up and fill its database."""
        with seeding.writing(self.data) as tx:
            seeding.set_up(tx)
            for filler in fillers:
                filler(tx)
        return self

    def resolve(self, hosts: Iterable[str], *, sick: bool = False) -> "Stage":
        """Let names lead to the peer; with ``sick`` those that begin with d and s to its dead and slow ports."""
        kinds = {"d": "dead", "s": "slow"} if sick else {}
        ports = self.bench.peer.ports
        lines = (f'"{host}" = "{FRONT}:{ports[kinds.get(host[0], "healthy")]}"' for host in hosts)
        (self.data / "smallfed.toml").write_text("\n".join(["[network.resolve]", *lines, ""]))
        return self

    @contextmanager
    def running(self) -> "Iterator[Stage]":
        """Run the server."""
        self.server.start()
        try:
            with self._watched():
                yield self
        finally:
            self.bench.peaks.append(self.peak())
            self.server.stop()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Let py-spy look on, where a profile is wanted."""
        if self.bench.profiles is None:
            yield
            return
        file = self.bench.profiles / f"{self.data.name}-{len(self.bench.peaks)}.txt"
        command = ["py-spy", "record", "-p", str(self.pid), "-r", "400", "-f", "raw", "-o", str(file), "-d", "3600"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as watching:
            yield
            watching.send_signal(signal.SIGINT)

    # Meanwhile --------------------------------------------------------------------------------------------------
    @property
    def pid(self) -> int:
        """The process."""
        assert self.server.process is not None
        return self.server.process.pid

    def cpu(self) -> float:
        """Seconds of processor time it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in MB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE / 1e6

    def peak(self) -> float:
        """The most resident memory it ever had, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6

    def blast(self, requests: Iterable[bytes], *, connections: int = 32, seconds: float = 0.0, port: int = 0) -> Blast:
        """Send requests from another process: once each, or over and over for ``seconds``; to ``port`` if not to us."""
        file = self.bench.folder / "requests"
        blast.write(file, iter(requests))
        arguments = ["127.0.0.1", str(port or self.server.port), str(connections), str(seconds), str(file)]
        command = [sys.executable, "-m", "tests.bench.blast", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        if done.returncode:
            raise RuntimeError(f"{done.stderr}\n{self.server.log.read_text()[-3000:]}")
        return Blast(**json.loads(done.stdout))

    def api(self, method: str, path: str, **parameters: object) -> Any:
        """Call the client API as the owner."""
        return self.server.api(method, path, seeding.TOKEN, **parameters)

    def rows(self, query: str) -> list[Any]:
        """Return what an SQL query gives, read beside the running server."""
        with closing(sqlite3.connect(f"file:{self.data / DATABASE}?mode=ro", uri=True, timeout=10)) as sql:
            return sql.execute(query).fetchall()

    def count(self, query: str) -> int:
        """Return the number that an SQL query gives."""
        return int(self.rows(query)[0][0])

    def until(self, query: str, number: int, *, every: float = 0.05, meanwhile: Callable[[], object] = int) -> float:
        """Wait until an SQL query gives ``number``; return the moment. Fails when nothing changes for long."""
        last, changed = -1, time.monotonic()
        while (now := self.count(query)) != number:
            meanwhile()
            if now != last:
                last, changed = now, time.monotonic()
            if time.monotonic() - changed > PATIENCE / 3:
                raise RuntimeError(f"{query}: stays {now}, not {number}\n{self.server.log.read_text()[-3000:]}")
            time.sleep(every)
        return time.monotonic()

    def sizes(self) -> tuple[int, int]:
        """Return the bytes of the database now, and once the books are closed in a month; the server must not run."""
        copy = self.bench.folder / "copy.db"
        shutil.copy(self.data / DATABASE, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as sql:
            sql.execute("VACUUM")
            now = copy.stat().st_size
            tx = Tx(sql, now=datetime.now(UTC) + timedelta(days=31), dice=lambda bits: 0)
            for rule in pruning.RULES:
                while pruning.prune(tx, rule):
                    pass
            sql.execute("VACUUM")
            return now, copy.stat().st_size


class Bench:
    """What the measurements share. ``scale`` makes them smaller for a quick look; into ``profiles`` go profiles."""

    def __init__(
        self, folder: Path, *, scale: float, posts: int, running: ExitStack, profiles: Path | None = None
    ) -> None:
        self.folder, self.scale, self.posts, self.running, self.profiles = folder, scale, posts, running, profiles
        self.cache = Path(tempfile.gettempdir()) / f"smallfed-bench-{os.getuid()}"
        self.cache.mkdir(mode=0o700, exist_ok=True)
        self.keys = KeyRing(self.cache)
        self.peaks: list[float] = []
        self.ca_file = folder / "ca.pem"
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(str(self.ca_file))
        self._peer: Peer | None = None

    def some(self, count: int, *, least: int = 1) -> int:
        """Return ``count``, scaled."""
        return max(least, int(count * self.scale))

    def stage(self, name: str) -> Stage:
        """Return a new server with an empty folder."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return Stage(self, name)

    @property
    def peer(self) -> Peer:
        """The other servers, started when first asked for."""
        if self._peer is None:
            self._peer = self._start_peer()
        return self._peer

    def _start_peer(self) -> Peer:
        certificate = self.folder / "peer.pem"
        self._authority.issue_cert(f"*.{DOMAIN}").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        settings = {"certificate": str(certificate), "pems": self.keys.pems, "address": FRONT, "slow": 29.0}
        file = self.folder / "peer.json"
        file.write_text(json.dumps(settings))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.peer", str(file)], stdout=subprocess.PIPE, text=True
        )
        self.running.callback(_end, process)
        assert process.stdout is not None
        return Peer(process, json.loads(process.stdout.readline()))


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which ``part`` of ``values`` lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
