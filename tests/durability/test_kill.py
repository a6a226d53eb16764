"""kill -9 at any instant: whatever was acknowledged is there, and nothing is there by halves."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.durability.looking import whole_calls


def acknowledged(lines: list[bytes]) -> set[int]:
    return {int(line.split()[1]) for line in lines if line.startswith(b"ack") and line.endswith(b"\n")}


@pytest.mark.parametrize("callers", [1, 50])
def test_what_was_acknowledged_survives(path: Path, callers: int) -> None:
    """Three lives of one database, each ended in the middle of its work."""
    acks: set[int] = set()
    for enough in (50, 333, 1000):
        command = [sys.executable, "-m", "tests.durability.child", str(path), str(callers), "1000000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(2 * enough)]
            child.kill()
            lines += child.stdout.readlines()  # what it said before it died and we had not read yet

        before, acks = acks, acks | acknowledged(lines)
        stored = whole_calls(path)

        assert len(acks) > len(before)
        assert acks - stored == set()
        assert len(stored - acks) <= 3 * callers  # committed and not yet said: at most what was under way
