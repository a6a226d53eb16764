"""Sparing: what the libraries import at their top and this house never uses stays on disk.

HTTP/2, test clients, command lines, a debugger, clients that block: 4 MB and a twentieth of a second of the start. Done
for the versions that it was tried with; with any others everything is imported, as the libraries have it.

Spec: STACK, budget (idle memory, start).
"""

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

MADE_FOR: Mapping[str, str] = {"hypercorn": "0.18.0", "httpcore2": "2.16.2", "quart": "0.22.0", "flask": "3.1.3"}

UNUSED = (
    "flask.cli",
    "flask.testing",
    "h2",
    "h2.events",
    "http.cookiejar",
    "httpcore2._api",
    "httpcore2._async.http2",
    "httpcore2._backends.mock",
    "httpcore2._sync",
    "hypercorn.asyncio",
    "hypercorn.protocol.h2",
    "jinja2",  # our pages have an environment of their own (pages/templates), made for the first of them
    "multiprocessing.synchronize",
    "quart.cli",
    "quart.testing",
    "quart_trio.testing",
    "werkzeug.debug",
    "werkzeug.serving",
    "werkzeug.test",
)


class Absent(ModuleType):
    """Stands in for a module while others import it: whatever they want from it is a class without anything."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def spare() -> bool:
    """Import the libraries without what is ``UNUSED``, if they are those this was made for; return whether they are.

    To be called before anything else imports them, and only in a process that is nothing but the server. Until ``app``
    begins, nothing is looked through for garbage either: whatever is imported stays.
    """
    gc.disable()
    if any(version(name) != tried for name, tried in MADE_FOR.items()):
        return False
    with _absent(UNUSED):
        for library in ("hypercorn.trio", "httpcore2", "quart_trio"):
            import_module(library)
    return True


@contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Let the modules of these names seem to be there; whoever imports them afterwards gets the real ones."""
    placed = {name: Absent(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name in placed:
            del sys.modules[name]
