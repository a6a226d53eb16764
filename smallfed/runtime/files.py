"""Files of our own: whole or not there, also after a power cut."""

import os
from pathlib import Path
from tempfile import mkstemp


def keep(path: Path, data: bytes) -> None:
    """Write a file, in folders that are made as they are needed, and return when it is on disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(path: Path) -> bytes | None:
    """Return what is in a file, or None when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
