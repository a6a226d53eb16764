"""Answers: each held to what its route is documented to answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from tests.documented.notation import faults

HERE = Path(__file__).parent
RAW = "raw"

Route = tuple[str, re.Pattern[str], Sequence[str]]


@cache
def routes() -> Mapping[tuple[str, str], Sequence[str]]:
    """Return the types each (method, path with ``:name`` for a part) may answer, in the order of the table."""
    lines = (line.split() for line in (HERE / "routes.txt").read_text().splitlines() if line and line[0] != "#")
    return {(method, path): types for method, path, *types in lines}


@cache
def _patterns() -> Sequence[Route]:
    return [
        (method, re.compile(re.sub(r":\w+", "[^/]+", path) + "/?"), types) for (method, path), types in routes().items()
    ]


def types_of(method: str, path: str) -> Sequence[str]:
    """Return what this request may be answered; nothing when no route is known. The first that fits counts."""
    found = (types for verb, pattern, types in _patterns() if verb == method and pattern.fullmatch(path))
    return next(found, ())


def check(method: str, path: str, status: int, body: bytes, *, mine: bool) -> None:
    """Hold an answer of the client API to the documentation; ``mine``: it was told to the owner's app.

    ``path`` may have a query. AssertionError names everything that is wrong.
    """
    path = path.partition("?")[0]
    if not path.startswith("/api/") or method in ("OPTIONS", "HEAD"):
        return
    types = types_of(method, path) if status < 400 else ("Error",)
    assert types, f"{method} {path} answered {status}, but tests/documented/routes.txt does not know it"
    if types[0] == RAW or (status == 206 and not body):
        return
    value = msgspec.json.decode(body)
    wrong = [list(faults(value, type_, mine=mine)) for type_ in types]
    assert not all(wrong), f"{method} {path} ({status}): " + "; ".join(min(wrong, key=len)[:10])


def unknown(methods_and_paths: Iterable[tuple[str, str]]) -> list[str]:
    """Return those of our routes, ``<name>`` for a part, that the table does not know."""
    known = {(method, re.sub(r":\w+", ":", path)) for method, path in routes()}
    return [
        f"{method} {path}" for method, path in methods_and_paths if (method, re.sub(r"<[^>]+>", ":", path)) not in known
    ]
