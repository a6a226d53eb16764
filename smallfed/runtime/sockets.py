"""Addresses of unix sockets. The system takes about a hundred bytes; folders may have longer names.

Spec: sun_path in sys/un.h: 108 bytes on Linux, 104 on macOS.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smallfed.config.addresses import LONGEST_SOCKET_PATH
from smallfed.errors import Misconfigured

DESCRIPTORS = Path("/proc/self/fd")  # of Linux


@contextmanager
def address(path: Path, *, descriptors: Path = DESCRIPTORS) -> Iterator[str]:
    """Yield an address for ``path`` that can be bound and connected to for the length of the block.

    FileNotFoundError when its folder is not there; Misconfigured when the path is too long and there is no way around.
    """
    if len(bytes(path)) <= LONGEST_SOCKET_PATH:
        yield str(path)
        return
    if not descriptors.is_dir():
        raise Misconfigured(
            f"{path} is too long for a socket ({LONGEST_SOCKET_PATH} bytes): choose a shorter data directory"
        )
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"{descriptors}/{folder}/{path.name}"
    finally:
        os.close(folder)
