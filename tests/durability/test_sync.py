"""The system calls themselves: no acknowledgement before the sync of its commit."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SYNC = re.compile(r"(?:fsync|fdatasync)\(\d+<(?P<file>[^>]*)>(?P<rest>.*)")
RESUMED = re.compile(r"<\.\.\. (?:fsync|fdatasync) resumed>\)\s+= 0")
SAID = re.compile(r'write\(1<[^>]*>, "(?P<word>ask|ack) (?P<number>\d+)\\n"')


def trace(path: Path, callers: int, calls: int, to: Path) -> str:
    """Run the child under strace; the whole trace. Skips where there is none, or where it is not allowed."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    command = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o", str(to)]
    child = [sys.executable, "-m", "tests.durability.child", str(path), str(callers), str(calls)]
    done = subprocess.run([*command, *child], capture_output=True, text=True, timeout=120, check=False)
    if "ptrace" in done.stderr:
        pytest.skip(f"strace is not allowed here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return to.read_text()


def story(text: str) -> Iterator[tuple[str, int]]:
    """Yield ``begun`` and ``synced`` (with the thread) for the log's syncs, ``ask`` and ``ack`` (with the call)."""
    for line in text.splitlines():
        thread = int(line.split(None, 1)[0])
        if (said := SAID.search(line)) is not None:
            yield said["word"], int(said["number"])
        elif (sync := SYNC.search(line)) is not None and sync["file"].endswith("-wal"):
            yield "begun", thread
            if sync["rest"].endswith("= 0"):
                yield "synced", thread
        elif RESUMED.search(line):
            yield "synced", thread


@pytest.mark.parametrize(("callers", "calls"), [(1, 20), (10, 10)])
def test_every_acknowledgement_follows_a_sync_begun_after_the_asking(
    path: Path, tmp_path: Path, callers: int, calls: int
) -> None:
    begun: dict[int, int] = {}  # thread → when its sync under way began
    asked: dict[int, int] = {}
    acknowledged: list[int] = []
    latest = -1  # when the latest sync that is done began
    for moment, (word, number) in enumerate(story(trace(path, callers, calls, tmp_path / "trace"))):
        match word:
            case "begun":
                begun[number] = moment
            case "synced" if number in begun:
                latest = begun.pop(number)
            case "ask":
                asked[number] = moment
            case "ack":
                acknowledged.append(number)
                assert latest > asked[number], f"call {number} was acknowledged without a sync of its own"

    assert sorted(acknowledged) == list(range(1, callers * calls + 1))
