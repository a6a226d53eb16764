"""Real server processes for tests that look from outside: ``smallfed run`` on loopback, behind TLS where wanted.

Each server has a name under ``.example`` that all of them resolve to the TLS front of the test (see ``Laboratory``).
"""

import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

import trio
import trustme

PASSWORD = "a few long words"
FRONT = "127.0.0.21"
STARTED_IN = 40.0
PORTS = (15_000, 32_000)  # below those that Linux and macOS give to connections
STOPPED_IN = 15.0


class Answer:
    """What an HTTP request was answered."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, {k.lower(): v for k, v in headers.items()}, body

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:500]!r}"


def ask(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 20,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Ask over HTTP without following redirects; any status is an answer."""
    request = Request(url, data=body, method=method, headers=dict(headers or {}))
    try:
        with _opener(context).open(request, timeout=timeout) as response:
            return Answer(response.status, dict(response.headers), response.read())
    except HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), error.read())


def _opener(context: ssl.SSLContext | None) -> OpenerDirector:
    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *args: object, **kwargs: object) -> None:
            return None

    return build_opener(Stay(), ProxyHandler({}), HTTPSHandler(context=context))


class Server:
    """One ``smallfed run`` with its own data directory."""

    def __init__(self, data: Path, *, domain: str, environment: Mapping[str, str]) -> None:
        self.data, self.domain = data, domain
        self.environment = {**os.environ, "SMALLFED_DATA": str(data), **environment}
        self.process: subprocess.Popen[str] | None = None
        self.log = data.parent / f"{data.name}.log"
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str, stdin: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of its owner."""
        return subprocess.run(
            [sys.executable, "-m", "smallfed", *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=check,
        )

    def setup(self, username: str = "alice", *arguments: str) -> None:
        """Set it up."""
        self.command(
            "setup", "--domain", self.domain, "--user", username, "--password-stdin", *arguments, stdin=f"{PASSWORD}\n"
        )

    def start(self, *prefix: str) -> "Server":
        """Start it and wait until it answers. ``prefix`` is a command to run it under, such as strace."""
        self.launch(*prefix)
        self._wait()
        return self

    def launch(self, *prefix: str) -> None:
        """Start it and do not wait."""
        log = self.log.open("a")
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "smallfed", "run"],
            env=self.environment,
            stdout=log,
            stderr=log,
            text=True,
        )
        log.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTED_IN
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                if ask(f"{self.url}/readyz", timeout=2).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.03)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-5000:]}")

    def token(self, scopes: str = "read write follow push") -> str:
        """Return a new access token."""
        return self.command("token", "--app", "test", "--scopes", scopes).stdout.strip()

    def api(self, method: str, path: str, token: str | None = None, **parameters: object) -> Any:
        """Call the client API with JSON and return its answer; any error fails the test."""
        answer = self.call(method, path, token, **parameters)
        assert answer.status < 300, f"{method} {path}: {answer}\n{self.log.read_text()[-3000:]}"
        return answer.json()

    def call(self, method: str, path: str, token: str | None = None, **parameters: object) -> Answer:
        """Call the client API with JSON and return whatever it answers."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        body = json.dumps(parameters).encode() if method != "GET" else None
        return ask(f"{self.url}{path}", method=method, body=body, headers=headers)

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it at once, as a power cut would."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=STOPPED_IN)
        self.process = None
        return code


class Laboratory:
    """Servers with names of their own behind one TLS front on loopback, which believe one test authority."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.front = TlsFront(authority)
        self.servers: list[Server] = []

    def server(self, domain: str, **options: str) -> Server:
        """Return a server that is not set up or started yet. ``options`` are SMALLFED_ variables."""
        server = Server(
            self.folder / domain,
            domain=domain,
            environment={
                "SMALLFED_NETWORK_ALLOW": f"{FRONT}/32,127.0.0.1/32",
                "SMALLFED_NETWORK_CA_FILE": str(self.ca_file),
                "SMALLFED_LIMITS_RATE": "false",
                **options,
            },
        )
        server.port = free_port()
        server.environment.setdefault("SMALLFED_SERVER_BIND", f"127.0.0.1:{server.port}")
        self.name(domain, server.port)
        self.servers.append(server)
        for each in self.servers:
            each.environment["SMALLFED_NETWORK_RESOLVE"] = self.resolve
        return server

    def name(self, domain: str, port: int) -> None:
        """Let ``domain`` lead, over TLS, to what listens on ``port``."""
        self.front.ports[domain] = port

    @property
    def resolve(self) -> str:
        """Return the value of ``network.resolve`` that knows every name."""
        return ",".join(f"{domain}={FRONT}:{self.front.port}" for domain in self.front.ports)

    def client_context(self) -> ssl.SSLContext:
        """Return a TLS context that believes the test authority."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def close(self) -> None:
        """End everything."""
        for server in self.servers:
            server.kill()
        self.front.close()


@contextmanager
def laboratory(folder: Path) -> Iterator[Laboratory]:
    """Open a laboratory and end everything in it afterwards."""
    lab = Laboratory(folder, trustme.CA())
    try:
        yield lab
    finally:
        lab.close()


class TlsFront:
    """A TLS terminator in a thread: the name asked for (SNI) chooses the port behind."""

    def __init__(self, authority: trustme.CA) -> None:
        self.ports: dict[str, int] = {}
        self.port = 0
        self._authority = authority
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._ready: trio.lowlevel.TrioToken | None = None
        self._scope: trio.CancelScope | None = None
        self._thread = Thread(target=trio.run, args=(self._serve,), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self.port and time.monotonic() < deadline:
            time.sleep(0.01)

    async def _serve(self) -> None:
        self._ready = trio.lowlevel.current_trio_token()
        listeners = await trio.open_tcp_listeners(0, host=FRONT)
        with trio.CancelScope() as self._scope:
            self.port = listeners[0].socket.getsockname()[1]
            await trio.serve_listeners(self._relay, listeners)

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            self._contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(name).configure_cert(self._contexts[name])
        return self._contexts[name]

    async def _relay(self, plain: trio.SocketStream) -> None:
        asked: list[str] = []

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            asked.append(name or "localhost")
            connection.context = self._context(asked[-1])

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = choose
        outer = trio.SSLStream(plain, context, server_side=True, https_compatible=True)
        try:
            await outer.do_handshake()
            inner = await trio.open_tcp_stream("127.0.0.1", self.ports[asked[0]])
            async with inner, trio.open_nursery() as nursery:
                nursery.start_soon(_pump, outer, inner, nursery.cancel_scope)
                nursery.start_soon(_pump, inner, outer, nursery.cancel_scope)
        except (OSError, KeyError, IndexError, trio.BrokenResourceError):
            pass
        finally:
            await trio.aclose_forcefully(plain)

    def close(self) -> None:
        """Stop serving."""
        if self._ready is not None and self._scope is not None:
            self._ready.run_sync_soon(self._scope.cancel)
        self._thread.join(timeout=5)


async def _pump(source: trio.abc.ReceiveStream, sink: trio.abc.SendStream, scope: trio.CancelScope) -> None:
    try:
        while chunk := await source.receive_some(65536):
            await sink.send_all(chunk)
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    scope.cancel()


def free_port() -> int:
    """Return a TCP port that is free now, and that nobody else is given meanwhile: neither by the system nor by us."""
    for port in _ports:
        with socket.socket() as sock, suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _own_ports() -> Iterator[int]:
    """Yield what this process of ``-n`` may use, from anywhere on and around: its server may be down for a moment."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = range(PORTS[0] + number, PORTS[1], int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    begin = random.randrange(len(own))
    return cycle([*own[begin:], *own[:begin]])


_ports = _own_ports()


def eventually(check: Any, *, within: float = 30.0, every: float = 0.1) -> Any:
    """Call ``check`` until it returns something true, and return that; fail when it never does."""
    deadline = time.monotonic() + within
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)
