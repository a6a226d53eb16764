"""Sparing: what the libraries import at their top and this house never uses stays on disk.

HTTP/2, test clients, command lines, a debugger, clients that block: 4 MB and a twentieth of a second of the start. Done
for the versions that it was tried with; with any others everything is imported, as the libraries have it.

Spec: STACK, budget (idle memory, start).
"""

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

MADE_FOR: Mapping[str, str] = {
    "flask": "3.1.3",
    "httpcore2": "2.16.2",
    "hypercorn": "0.18.0",
    "quart": "0.22.0",
    "trio": "0.35.0",
}

UNUSED = (
    "flask.cli",
    "flask.testing",
    "h2",
    "h2.events",
    "httpcore2._api",
    "httpcore2._async.http2",
    "httpcore2._backends.mock",
    "httpcore2._sync",
    "hypercorn.asyncio",
    "hypercorn.protocol.h2",
    "jinja2",  # our pages have an environment of their own (pages/templates), made for the first of them
    "quart.cli",
    "quart.testing",
    "quart_trio.testing",
    "trio._dtls",
    "werkzeug.debug",
    "werkzeug.serving",
    "werkzeug.test",
)
"""What nobody uses but the libraries that are brought in."""

SHARED = (
    "importlib.metadata",  # reads e-mail and archives, and is asked for nothing but numbers of versions: see Absent
    "logging.config",
    "multiprocessing.synchronize",
)
"""What others use as well: left out as long as there is nobody else. A thread that imports it must find it."""


class Absent(ModuleType):
    """Stands in for a module while others import it: whatever they want from it is a class without anything.

    Only a number of a version is what it is. Whoever looks again afterwards finds the real module behind it.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.is_over = False

    def __getattr__(self, name: str) -> Any:
        if self.is_over:
            return getattr(import_module(self.__name__), name)
        if name.startswith("__"):
            raise AttributeError(name)
        return installed if name == "version" else type(name, (), {})


_left_out: list[str] = []


def spare() -> bool:
    """Import what every server needs, without what is ``UNUSED``; return whether it was tried with these libraries.

    To be called before anything else imports them, and only in a process that is nothing but the server. Until ``app``
    begins, nothing is looked through for garbage but what is left of importing them: whatever is imported stays.
    """
    gc.disable()
    known = all(installed(name) == tried for name, tried in MADE_FOR.items())
    _left_out[:] = UNUSED if known else ()
    with _absent((*UNUSED, *SHARED) if known else ()):
        for library in ("trio", "hypercorn.trio", "httpcore2"):
            import_module(library)
    gc.collect()
    return known


def bring_in(library: str) -> None:
    """Import a library while threads are at work; what nobody else needs is left out where ``spare`` has said so."""
    with _absent(_left_out):
        import_module(library)


def installed(name: str) -> str:
    """Return the version of a library, or "": as its folder says, which costs less than ``importlib.metadata`` does."""
    folders = (found for folder in sys.path for found in Path(folder).glob(f"{name}-*.dist-info"))
    return next((found.name.removeprefix(f"{name}-").removesuffix(".dist-info") for found in folders), "")


@contextmanager
def _absent(names: Sequence[str]) -> Iterator[None]:
    """Let the modules of these names seem to be there; whoever imports them afterwards gets the real ones."""
    placed = {name: Absent(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, absent in placed.items():
            del sys.modules[name]
            absent.is_over = True
