"""Locking: one process per data directory, and a sentence for the second."""

import subprocess
import sys
from pathlib import Path

import pytest

from smallfed.errors import Unavailable
from smallfed.runtime.locking import NAME, Occupied, occupy

HOLD = """
import sys
from pathlib import Path
from smallfed.runtime.locking import occupy
with occupy(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_process_is_told_who_has_it(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        with (
            pytest.raises(Occupied, match=rf"another process \(pid {holder.pid}\) is using {tmp_path}") as refused,
            occupy(tmp_path),
        ):
            pass
        holder.kill()
        holder.wait()

    assert refused.value.pid == holder.pid
    with occupy(tmp_path):  # the system let go of it
        pass


def test_it_can_be_had_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), occupy(tmp_path):
        raise ZeroDivisionError

    with occupy(tmp_path):
        pass


def test_folder_and_file_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    with occupy(folder):
        modes = [path.stat().st_mode & 0o777 for path in (folder, folder / NAME)]

    assert modes == [0o700, 0o600]


def test_a_holder_that_has_not_written_its_number(tmp_path: Path) -> None:
    with occupy(tmp_path):
        (tmp_path / NAME).write_text("")

        with pytest.raises(Occupied, match="another process is using"), occupy(tmp_path):
            pass


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Because the system has mounted it for reading only after an error, say."""
    (tmp_path / NAME).mkdir()

    with pytest.raises(Unavailable, match=r"cannot be written \(Is a directory\): see that"), occupy(tmp_path):
        pass
