"""What tests of commands have in common."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smallfed.__main__ import run
from smallfed.cli.frame import frame
from tests.cli.house import written
from tests.prepared import prepared
from tests.world import acquaint

Call = Callable[..., tuple[int, str, str]]
"""Types a command; returns its exit code, what it wrote, and what it complained of."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the data directory of a house that alice lives in. Modules that want more build upon it."""
    folder = tmp_path / "data"
    prepared(folder / "smallfed.db")
    with written(folder) as tx:
        acquaint(tx, "alice@home.example", local=True)
    return folder


@pytest.fixture
def call(request: pytest.FixtureRequest, data: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that types ``smallfed COMMAND …`` in the house of a module's ``data``.

    A module that is about one command says so in its ``COMMAND``.
    """
    only: str | None = getattr(request.module, "COMMAND", None)

    def call(*words: str | Path) -> tuple[int, str, str]:
        command, *arguments = map(str, words if only is None else (only, *words))
        code = run(frame(), [command, "--data", str(data), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
