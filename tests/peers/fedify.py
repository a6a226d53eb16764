"""The Fedify peer as tests handle it: start it, ask it to do something, look at what it verified."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.processes import FRONT, Laboratory, ask, eventually, free_port

HERE = Path(__file__).parent
NODE = HERE.parent / "node_modules" / ".bin" / "node"
NAME = "peer.example"
ACTOR = f"https://{NAME}/users/peer"
HANDLE = f"peer@{NAME}"
CAVAGE = "draft-cavage-http-signatures-12"
STARTED_IN = 30.0

Knows = Literal["both", "rfc9421", "draft-cavage-http-signatures-12"]


class Peer:
    """A running peer. What it ``verified`` are activities whose signature Fedify found good."""

    def __init__(self, control: int, log: Path) -> None:
        self._control, self.log = control, log

    def __call__(self, what: str, **arguments: str) -> Any:
        """Let it do something, and return its answer once the other side has answered it."""
        body = json.dumps(arguments).encode() if arguments else None
        method = "POST" if arguments else "GET"
        answer = ask(f"http://127.0.0.1:{self._control}/{what}", method=method, body=body, timeout=40)
        assert answer.status == 200, f"{what}: {answer}\n{self.log.read_text()[-3000:]}"
        return answer.json()

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Every POST to its inboxes: path, scheme of the signature, and the status it was answered."""
        return list(self("state")["posts"])

    def verified(self, kind: str) -> list[dict[str, Any]]:
        """Return the activities of this type that it verified, eldest first."""
        return [activity for activity in self("state")["verified"] if activity["type"] == kind]

    def receives(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait until it has verified ``count`` activities of a type, and return the last of them."""
        return eventually(lambda: self.verified(kind)[count - 1 :])[0]  # type: ignore[no-any-return]


@contextmanager
def peer(lab: Laboratory, *, first_knock: str, knows: Knows = "both") -> Iterator[Peer]:
    """Run a peer named ``NAME`` in the laboratory; skips with a reason where its packages are missing."""
    if not NODE.exists():
        pytest.skip("the packages of the peer are missing: run tests/install (it needs npm)")
    port, control = free_port(), free_port()
    lab.name(NAME, port)
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(lab.ca_file),
        "PEER_ORIGIN": f"https://{NAME}",
        "PEER_FRONT": f"{FRONT}:{lab.front.port}",
        "PEER_PORT": str(port),
        "PEER_CONTROL": str(control),
        "PEER_FIRST_KNOCK": first_knock,
        "PEER_KNOWS": knows,
    }
    log = lab.folder / "peer.log"
    with (
        log.open("a") as output,
        subprocess.Popen([NODE, "peer.mjs"], cwd=HERE, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            eventually(lambda: process.poll() is not None or "ready" in log.read_text(), within=STARTED_IN)
            assert process.poll() is None, log.read_text()
            yield Peer(control, log)
        finally:
            process.kill()
