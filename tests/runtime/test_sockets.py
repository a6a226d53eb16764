"""Sockets in folders whose names are longer than the system takes."""

import socket
import sys
from pathlib import Path

import pytest

from smallfed.config.addresses import LONGEST_SOCKET_PATH
from smallfed.errors import Misconfigured
from smallfed.runtime.sockets import address


def deep(folder: Path) -> Path:
    """Return the path of a socket that is too long for the system."""
    inner = folder / ("a" * LONGEST_SOCKET_PATH)
    inner.mkdir()
    return inner / "control.sock"


def test_a_short_path_is_its_own_address(tmp_path: Path) -> None:
    path = Path("/run/smallfed/control.sock")

    with address(path, descriptors=tmp_path / "none") as where:
        assert where == str(path)


@pytest.mark.skipif(sys.platform != "linux", reason="a way around long paths is known for Linux only")
def test_a_long_path_is_bound_and_found(tmp_path: Path) -> None:
    path = deep(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as calling:
        with address(path) as where:
            listening.bind(where)
        listening.listen()

        with address(path) as where:
            calling.connect(where)

        assert path.is_socket()


def test_without_a_way_around_it_says_what_to_do(tmp_path: Path) -> None:
    path = deep(tmp_path)

    with (
        pytest.raises(Misconfigured, match="choose a shorter data directory"),
        address(path, descriptors=tmp_path / "none"),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="a way around long paths is known for Linux only")
def test_nobody_is_found_where_there_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / ("b" * LONGEST_SOCKET_PATH) / "control.sock"

    with pytest.raises(FileNotFoundError), address(path):
        pass
