"""Client libraries in JavaScript, as tests ask them: ``client.v1.accounts["12"].follow(reblogs=False)``."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = HERE.parent / "node_modules" / ".bin" / "node"
PATIENCE = 40.0

Step = str | dict[str, Sequence[Any]]


class Refused(Exception):
    """What the server did not grant, as the library says it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message") or error["text"])
        self.status: int | None = error.get("status")
        self.text: str = error["text"]


class Library:
    """A library in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process, self._log = process, log
        self._answers: Queue[dict[str, Any]] = Queue()
        self._asked = 0
        Thread(target=self._read, daemon=True).start()
        assert self._answers.get(timeout=PATIENCE) == {"ready": True}, log.read_text()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put({"error": {"text": "the library has ended"}})

    def ask(self, root: str, path: Any, as_: str = "value") -> Any:
        """Ask, and return the answer; Refused when it is an error."""
        assert self._process.stdin is not None
        self._asked += 1
        self._process.stdin.write(json.dumps({"id": self._asked, "root": root, "path": path, "as": as_}) + "\n")
        self._process.stdin.flush()
        answer = self._answers.get(timeout=PATIENCE)
        if "error" in answer:
            raise Refused(answer["error"])
        assert answer["id"] == self._asked, self._log.read_text()
        return answer["value"]

    @property
    def rest(self) -> "Way":
        """What asks the client API."""
        return Way(self, "rest", ())

    def root(self, name: str) -> "Way":
        """Return another of the library's objects."""
        return Way(self, name, ())

    def heard(self, listening: int) -> list[dict[str, Any]]:
        """Return the events a subscription has brought so far."""
        return self.ask("", listening, "heard")  # type: ignore[no-any-return]


class Way:
    """A way into the library's objects: names, ``["id"]`` for ``$select``, and a call at the end of it."""

    def __init__(self, library: Library, root: str, steps: tuple[Step, ...]) -> None:
        self._library, self._root, self._steps = library, root, steps

    def __getattr__(self, name: str) -> "Way":
        return Way(self._library, self._root, (*self._steps, name))

    def __getitem__(self, selected: str) -> "Way":
        return Way(self._library, self._root, (*self._steps, {"$select": [selected]}))

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Call it; what is ``named`` goes as one object, last."""
        return self._ask("value", values, named)

    def pages(self, *values: Any, **named: Any) -> list[list[Any]]:
        """Call it, and walk through all pages of what it lists."""
        return self._ask("pages", values, named)  # type: ignore[no-any-return]

    def listen(self, *values: Any, **named: Any) -> int:
        """Call it, and begin to listen; the library is asked what it has ``heard``."""
        return self._ask("listening", values, named)  # type: ignore[no-any-return]

    def _ask(self, as_: str, values: Sequence[Any], named: dict[str, Any]) -> Any:
        *way, last = self._steps
        assert isinstance(last, str)
        return self._library.ask(self._root, [*way, {last: [*values, *([named] if named else [])]}], as_)


@contextmanager
def library(name: str, *, server: str, token: str, folder: Path) -> Iterator[Library]:
    """Run the library of ``NAME.mjs``; skips with a reason where its packages are missing."""
    if not NODE.exists():
        pytest.skip(f"the packages of {name} are missing: run tests/install (it needs npm)")
    log = folder / f"{name}.log"
    environment = {
        "PATH": os.environ["PATH"],
        "SERVER": server,
        "STREAMING": server.replace("http", "ws", 1),
        "TOKEN": token,
    }
    with (
        log.open("a") as output,
        subprocess.Popen(
            [NODE, f"{name}.mjs"],
            cwd=HERE,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        ) as process,
    ):
        try:
            yield Library(process, log)
        finally:
            process.kill()
