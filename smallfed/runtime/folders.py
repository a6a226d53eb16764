"""Folders: how many files there are below each, and how large they are together."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct


class Weight(Struct, frozen=True, kw_only=True):
    """How many files there are, and their bytes."""

    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(files=self.files + other.files, bytes=self.bytes + other.bytes)


def weigh(folder: Path) -> Mapping[str, Weight]:
    """Return what each folder in ``folder`` weighs. What goes meanwhile does not matter, what is absent is empty."""
    return {entry.name: _weight(entry.path) for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)}


def names(folder: Path) -> Iterator[str]:
    """Go through the names of all files below a folder, as paths relative to it with ``/``."""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from (f"{entry.name}/{below}" for below in names(Path(entry.path)))
        else:
            yield entry.name


def _weight(folder: str) -> Weight:
    weight = Weight()
    for entry in _entries(Path(folder)):
        try:
            if entry.is_dir(follow_symlinks=False):
                weight += _weight(entry.path)
            else:
                weight += Weight(files=1, bytes=entry.stat(follow_symlinks=False).st_size)
        except FileNotFoundError:
            continue
    return weight


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
