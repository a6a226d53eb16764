"""What tests from outside may look at besides answers: the database, read-only, the memory, and the wire itself."""

import os
import re
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from smallfed.protocol.webfinger import query
from tests.processes import Answer, Server, ask, eventually
from tests.strangers import Document, Stranger

DATABASE = "smallfed.db"
SECOND = 1.0  # what the API may take, whatever comes in (rule 29): of the server's work, however busy the machine is


def rows(server: Server, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what the server's database says."""
    with closing(sqlite3.connect(f"file:{server.data / DATABASE}?mode=ro", uri=True, timeout=20)) as reader:
        return reader.execute(sql, values).fetchall()


def settled(server: Server, *, within: float = 20.0) -> None:
    """Wait until everything that was answered 202 has been understood."""
    waiting = "SELECT 1 FROM inbound WHERE state = 'waiting' LIMIT 1"
    eventually(lambda: rows(server, waiting) == [], within=within, every=0.02)


def verdict(server: Server, activity: Document) -> tuple[str, str]:
    """Return the state of an activity that was answered 202, once it has been understood, and the reason for it."""
    settled(server)
    ((state, reason),) = rows(server, "SELECT state, reason FROM inbound WHERE activity = ?", activity["id"])
    return state, reason or ""


def neighbour(stranger: Stranger, name: str, /, **changes: Any) -> tuple[str, str]:
    """Let somebody else live on the server of ``stranger``, with the same key; return the id, and that of the key."""
    id_, handle = f"{stranger.base}/people/{name}", f"acct:{name}@{stranger.domain}"
    key_id = f"{id_}#main-key"
    keys = {"id": key_id, "owner": id_, "publicKeyPem": stranger.key.public.pem()}
    actor = stranger.actor(**{"id": id_, "preferredUsername": name, "publicKey": keys, **changes})
    stranger.serve(f"/people/{name}", actor)
    links = [{"rel": "self", "type": "application/activity+json", "href": id_}]
    stranger.serve(query(handle), {"subject": handle, "links": links}, content_type="application/jrd+json")
    return id_, key_id


class Memory:
    """The resident memory of a server, in MB."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        if sys.platform != "linux":
            pytest.skip("resident memory is read from /proc")
        self._folder = Path(f"/proc/{server.process.pid}")
        (self._folder / "clear_refs").write_text("5")  # begin to measure the peak anew
        self._before = self._field("VmRSS")

    @property
    def moved(self) -> float:
        """Return by how much the memory has grown at most."""
        return self._field("VmHWM") - self._before

    def _field(self, name: str) -> float:
        found = re.search(rf"{name}:\s+(\d+) kB", (self._folder / "status").read_text())
        assert found is not None
        return int(found[1]) / 1024


class Work:
    """The processor time of a server, in seconds."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        self._file = Path(f"/proc/{server.process.pid}/stat")
        if not self._file.exists():
            pytest.skip("processor time is read from /proc")

    @property
    def done(self) -> float:
        """Return how long it has worked."""
        user, system = self._file.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def answering(server: Server, path: str, token: str | None = None) -> Iterator[None]:
    """Ask for ``path`` again and again while the block runs; each answer is 200 and comes within a second of work."""
    over, failures, work = Event(), list[str](), Work(server)
    headers = {"authorization": f"Bearer {token}"} if token else {}

    def watch() -> None:
        while not over.is_set():
            try:
                before = work.done
                answer = ask(f"{server.url}{path}", headers=headers)
                took = work.done - before
            except OSError as error:
                failures.append(f"{path}: {error!r}")
            else:
                failures.extend([] if answer.status == 200 and took < SECOND else [f"{path}: {answer} after {took} s"])
            over.wait(0.05)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    assert failures == []


class Wire:
    """A connection on which anything can be said, well-formed or not."""

    def __init__(self, server: Server, *, timeout: float = 20.0, receives: int | None = None) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(timeout)
        if receives is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        self.open = True
        self.socket.connect(("127.0.0.1", server.port))

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, text: bytes) -> "Wire":
        """Send bytes; that the other side has closed meanwhile is no failure of this side."""
        try:
            self.socket.sendall(text)
        except (BrokenPipeError, ConnectionResetError):
            self.open = False
        return self

    def fill(self, request: bytes) -> None:
        """Ask the same again and again, and read nothing, until the server takes no more."""
        self.socket.settimeout(1.0)
        with suppress(TimeoutError):
            while True:
                self.socket.sendall(request * 20)

    def to_the_end(self) -> bytes:
        """Return everything until the server closes the connection; TimeoutError when it does not."""
        heard = b""
        with suppress(ConnectionResetError):
            while chunk := self.socket.recv(65536):
                heard += chunk
        return heard

    def answer(self) -> Answer:
        """Return the one answer on a connection that the server then closes."""
        head, _, body = self.to_the_end().partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return Answer(int(first.split()[1]), headers, body)


def bugs(server: Server) -> list[str]:
    """Return what the log calls errors: what only a mistake of ours, or a broken machine, can cause."""
    return re.findall(
        r'^(?:\S+ (?:error|critical) .*|\{.*"level":"(?:error|critical)".*|Traceback.*)$',
        server.log.read_text(),
        re.MULTILINE,
    )
