"""A bucket for tests: moto's server on loopback, which checks signatures, and a road to it that can be bad.

Without ``INITIAL_NO_AUTH_ACTION_COUNT`` moto takes every secret; with it, all but the first few requests are checked.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeVar
from urllib.parse import urlencode

import obstore
from obstore.store import MemoryStore

from smallfed.config.s3 import S3
from smallfed.config.values import Secret
from smallfed.errors import Unreachable
from smallfed.runtime.bucket import Bucket
from tests.processes import STARTED_IN, Answer, ask, free_port

T = TypeVar("T")

NAME = "alice-media"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
UNSIGNED = 4  # requests that make the user, the key, the policy and the bucket


class Moto:
    """A bucket ``NAME`` in a process of its own; ``access_key`` and ``secret`` are the only ones that it takes."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = (folder / "moto.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(UNSIGNED)},
            stdout=self._log,
            stderr=self._log,
        )
        self._wait()
        self._iam("CreateUser")
        key = self._iam("CreateAccessKey").body.decode()
        self.access_key, self.secret = _tag(key, "AccessKeyId"), _tag(key, "SecretAccessKey")
        self._iam("PutUserPolicy", PolicyName="all", PolicyDocument=POLICY)
        assert self._ask("s3", "PUT", f"/{NAME}").status == 200

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, **over: object) -> S3:
        """Return the options for it."""
        known = {"endpoint": self.url, "bucket": NAME, "access_key": self.access_key, "secret": Secret(self.secret)}
        return S3(**{**known, **over})  # type: ignore[arg-type]

    def client(self) -> Bucket:
        """Return a way to look into it."""
        return Bucket(self.settings(), self.secret)

    def close(self) -> None:
        """End it; what was in it is gone."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTED_IN
        while time.monotonic() < deadline:
            with suppress(OSError):
                if ask(f"{self.url}/moto-api/", timeout=2).status == 200:
                    return
            time.sleep(0.05)
        self.close()
        raise AssertionError("moto did not start")

    def _iam(self, action: str, **parameters: str) -> Answer:
        fields = {"Action": action, "Version": "2010-05-08", "UserName": "alice", **parameters}
        return self._ask("iam", "POST", "/", fields)

    def _ask(self, service: str, method: str, path: str, fields: Mapping[str, str] | None = None) -> Answer:
        scope = f"Credential=setup/20260101/us-east-1/{service}/aws4_request"
        headers = {
            "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
            "content-type": "application/x-www-form-urlencoded",
        }
        body = urlencode(fields).encode() if fields else b""
        answer = ask(f"{self.url}{path}", method=method, body=body, headers=headers)
        assert answer.status == 200, answer
        return answer


def _tag(xml: str, name: str) -> str:
    found = re.search(f"<{name}>([^<]+)</{name}>", xml)
    assert found is not None, xml
    return found[1]


@contextmanager
def moto(folder: Path) -> Iterator[Moto]:
    """Run a bucket while the block runs."""
    opened = Moto(folder)
    try:
        yield opened
    finally:
        opened.close()


class MemoryBucket(Bucket):
    """A bucket in memory, for virtual time: the library is the real one, but nothing is asked over a network.

    While it is ``down`` it does not answer; while it ``garbles``, what is put there is not what it has.
    """

    def __init__(self, **options: object) -> None:
        known = {"endpoint": "http://memory", "bucket": "memory", "access_key": "a", "secret": Secret("b"), **options}
        super().__init__(S3(**known), "b")  # type: ignore[arg-type]
        self._memory = MemoryStore()
        self.down = self.garbles = False
        self.asked = 0

    @property
    def files(self) -> dict[str, bytes]:
        """All there is."""
        found = [each["path"] for part in obstore.list(self._memory) for each in part]
        return {name: bytes(obstore.get(self._memory, name).bytes()) for name in found}

    def put_bytes(self, name: str, data: bytes) -> None:
        """Let it have this under a name."""
        obstore.put(self._memory, name, data)

    def lose(self, name: str) -> None:
        """Let it have nothing under a name."""
        obstore.delete(self._memory, name)

    def put(self, path: Path, name: str) -> None:
        super().put(path, name)
        if self.garbles:
            self.put_bytes(name, b"?")

    def _store(self, patience: timedelta) -> Any:
        return self._memory

    def _ask(self, verb: str, name: str, f: Callable[[], T]) -> T | None:
        self.asked += 1
        if self.down:
            raise Unreachable("the bucket memory is away")
        return super()._ask(verb, name, f)


class Road:
    """A TCP road to ``port``. It can be closed, and can let so many bytes through and then no more."""

    def __init__(self, port: int) -> None:
        self._target, self._open, self._goes_on = port, Event(), Event()
        self._left: int | None = None
        self.stalled = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._open.set()
        self._goes_on.set()
        Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self.port}"

    def shut(self) -> None:
        """Hang up on everybody who comes."""
        self._open.clear()

    def stall(self, after: int) -> None:
        """Let so many bytes there, and hold the rest until ``clear``; ``stalled`` says when that is so."""
        self.stalled.clear()
        self._goes_on.clear()
        self._left = after

    def clear(self) -> None:
        """Let everything through."""
        self._left = None
        self._goes_on.set()
        self._open.set()

    def close(self) -> None:
        """Be no more."""
        self.clear()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                inner, _ = self._socket.accept()
            except OSError:
                return
            if not self._open.is_set():
                inner.close()
                continue
            outer = socket.create_connection(("127.0.0.1", self._target))
            for source, sink, there in ((inner, outer, True), (outer, inner, False)):
                Thread(target=self._pump, args=(source, sink, there), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, there: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self._open.is_set():
                    break
                if there:
                    self._toll(len(data))
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _toll(self, size: int) -> None:
        if self._left is None:
            return
        self._left -= size
        if self._left < 0:
            self.stalled.set()
            self._goes_on.wait()
