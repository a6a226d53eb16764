"""The Pubby peer as tests handle it: start it, ask it to do something, look at what it verified."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.processes import FRONT, Laboratory, ask, eventually, free_port

NAME = "words.example"
ACTOR = f"https://{NAME}/ap/actor"
HANDLE = f"writer@{NAME}"
STARTED_IN = 30.0


class Writer:
    """A running peer. What it ``verified`` are activities whose signature Pubby found good."""

    def __init__(self, control: int, log: Path) -> None:
        self._control, self.log = control, log

    def __call__(self, what: str, **arguments: str) -> Any:
        """Let it do something, and return its answer once the other side has answered it."""
        body = json.dumps(arguments).encode()
        headers = {"content-type": "application/json"}
        url = f"http://127.0.0.1:{self._control}/{what}"
        answer = ask(url, method="POST", body=body, headers=headers, timeout=40)
        assert answer.status == 200, f"{what}: {answer}\n{self.log.read_text()[-3000:]}"
        return answer.json()

    def verified(self, kind: str) -> list[dict[str, Any]]:
        """Return the activities of this type that it verified, eldest first."""
        return [activity for activity in self("state")["verified"] if activity["type"] == kind]

    def receives(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait until it has verified ``count`` activities of a type, and return the last of them."""
        return eventually(lambda: self.verified(kind)[count - 1 :])[0]  # type: ignore[no-any-return]


@contextmanager
def writer(lab: Laboratory) -> Iterator[Writer]:
    """Run @writer in the laboratory; skips with a reason where Pubby is missing."""
    if importlib.util.find_spec("pubby") is None:
        pytest.skip("Pubby is missing: pip install -e '.[test]'")
    port, control = free_port(), free_port()
    lab.name(NAME, port)
    environment = {
        **os.environ,
        "REQUESTS_CA_BUNDLE": str(lab.ca_file),
        "PEER_ORIGIN": f"https://{NAME}",
        "PEER_FRONT": f"{FRONT}:{lab.front.port}",
        "PEER_PORT": str(port),
        "PEER_CONTROL": str(control),
        "PEER_FOLDER": str(lab.folder / "pubby"),
    }
    log, root = lab.folder / "pubby.log", Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.peers.pubby_server"]
    with (
        log.open("a") as output,
        subprocess.Popen(command, cwd=root, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            eventually(lambda: process.poll() is not None or "ready" in log.read_text(), within=STARTED_IN)
            assert process.poll() is None, log.read_text()
            yield Writer(control, log)
        finally:
            process.kill()
