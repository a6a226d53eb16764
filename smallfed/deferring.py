"""Deferring: a module of this house is read from disk when something of it is first asked for.

``from smallfed.services import posting`` costs next to nothing until somebody posts. So a server that starts holds what
it needs to look around, and whoever writes a module need not think of it: what is taken from a module by name
(``from … import Post``), or stands in a table that is made at the top, is read with it; what is named by its module is
read by the first who uses it.

Whichever thread comes first reads, and all others wait for one lock. They cannot block each other: as every module of
the house is deferred, none is read while Python holds its own lock for importing another.

Spec: STACK, budget (idle memory, start).
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import Any

import smallfed
from smallfed.errors import Unavailable

HOUSE = "smallfed."

_reading = RLock()
_of_import = frozenset({"__class__", "__dict__", "__file__", "__loader__", "__name__", "__path__", "__spec__"})
"""What Python's own import looks at: to be looked at is not to be used."""


def defer() -> None:
    """Let what is imported of this house from now on be read when it is used. For a process that is only the server."""
    sys.meta_path.insert(0, Finder(HOUSE, Path(smallfed.__file__)))


class Unread(ModuleType):
    """A module of which nothing was asked for yet. Once read, it is a module like all others."""

    def __getattribute__(self, name: str) -> Any:
        if name not in _of_import:
            with _reading:
                loader = object.__getattribute__(self, "__loader__")
                if isinstance(loader, Loader):
                    loader.read(self)
        return object.__getattribute__(self, name)


class Finder:
    """Finds modules whose names begin with ``house`` where Python does, and gives them a loader that waits.

    Whether the house is still the same ``landmark`` tells, a file that every installation writes anew.
    """

    def __init__(self, house: str, landmark: Path) -> None:
        self._house, self._landmark = house, Landmark(landmark)

    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Return how to load a module of the house; None for all others."""
        spec = PathFinder.find_spec(name, path) if name.startswith(self._house) else None
        if spec is not None:
            loader: Any = Loader(spec.loader, self._landmark)
            spec.loader = loader
        return spec


class Landmark:
    """A file as it was."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._was = self._now()

    @property
    def is_the_same(self) -> bool:
        """Whether it still is what it was."""
        return self._now() == self._was

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns


class Loader:
    """Makes modules without reading them."""

    def __init__(self, loader: Any, landmark: Landmark) -> None:
        self._loader, self._landmark = loader, landmark

    def create_module(self, _spec: ModuleSpec) -> None:
        """Let Python make an empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Leave it so until it is used."""
        module.__class__ = Unread

    def read(self, module: ModuleType) -> None:
        """Read it, after the package it is in, for whoever holds the lock; what fails is tried again by who asks next.

        Unavailable when another version has been installed meanwhile: two in one process would be neither.
        """
        name: str = object.__getattribute__(module, "__name__")
        if package := sys.modules.get(name.rpartition(".")[0]):
            _ = package.__doc__
        if type(module) is ModuleType:  # its package needed it
            return
        if not self._landmark.is_the_same:
            raise Unavailable("smallfed was replaced on the disk while it was running: restart it")
        self._hand_over(module, self._loader)  # so that this thread, which comes by again, finds it read
        try:
            self._loader.exec_module(module)
        except BaseException:
            self._hand_over(module, self)
            raise
        module.__class__ = ModuleType

    @staticmethod
    def _hand_over(module: ModuleType, loader: Any) -> None:
        module.__loader__ = object.__getattribute__(module, "__spec__").loader = loader
