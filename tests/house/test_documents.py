"""Documentation that can fail: README is compared with the code, as test_federation does with FEDERATION.md."""

import re
import tomllib
from pathlib import Path

import pytest

from smallfed.cli.frame import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_readme_names_every_command(command: str) -> None:
    assert f"smallfed {command}" in README


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_readme_justifies_every_dependency(requirement: str) -> None:
    name = re.split(r"[\[>=<]", requirement)[0]

    assert re.search(rf"^\| {re.escape(name)} \| .+ \|$", README, re.MULTILINE)


def test_readme_names_no_dependency_that_is_not_there() -> None:
    rows = README.partition("## Dependencies")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| ([a-z0-9-]+) \|", rows, re.MULTILINE)) - {"package"}

    assert named == {re.split(r"[\[>=<]", requirement)[0] for requirement in PROJECT["project"]["dependencies"]}


@pytest.mark.parametrize("room", sorted(p.stem for p in (ROOT / "smallfed").iterdir() if not p.name.startswith("_")))
def test_readme_names_every_room(room: str) -> None:
    if room in ("py", "__pycache__"):
        return

    assert f"`{room}`" in README


def test_the_test_command_of_readme_is_the_one_ci_runs() -> None:
    """`.ci/run` takes the first line of README with pytest in it; it must be one that can be pasted."""
    line = next(line for line in README.splitlines() if "pytest" in line)

    assert line.startswith("    ")
    assert "grep -m1 pytest README.md" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CONTRIBUTING.md", "FEDERATION.md"])
def test_nothing_is_said_twice(name: str) -> None:
    """Where two have changed a list at once, git may keep both forms of a line."""
    points = re.findall(r"^- (.{20,}?)(?:[.:,;(]|$)", (ROOT / name).read_text(), re.MULTILINE)

    assert points
    assert sorted(point for point in set(points) if points.count(point) > 1) == []
