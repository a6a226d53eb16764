"""Wire documents made a little, or very, wrong: what nobody meant to send and somebody will."""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec

from smallfed.errors import Malformed
from smallfed.protocol import jsonld
from tests.shared_data import SHARED

Json = Any
OWN = Path(__file__).parent

_WORDS = (
    "",
    " ",
    "0",
    "as:Public",
    "https://",
    "https://far.example/",
    "javascript:alert(1)",
    "\u202e\u0000",
    "é" * 300,
)
_ODD: tuple[Json, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**53,
    -(2**63),
    1e308,
    0.1,
    [],
    {},
    [[]],
    [None, 1, "x"],
    {"id": None},
    {"@value": "x", "@language": "en"},
    {"type": ["Note", "Person", 7]},
    {"type": "Link", "href": {"href": "https://far.example/"}},
    *_WORDS,
)
_TYPES = (
    "Note",
    "Question",
    "Person",
    "Follow",
    "Create",
    "Tombstone",
    "OrderedCollection",
    "Mention",
    "Emoji",
    "Banana",
)

_NAMES = [
    "id",
    "type",
    "actor",
    "object",
    "content",
    "tag",
    "attachment",
    "inReplyTo",
    "to",
    "url",
    "quote",
    "attributedTo",
    "name",
]
_BREAKS = ("<", "&#0;", "\u0000", "%", "\ud7ff", "//", " ", "🦆")


def seeds() -> list[dict[str, Json]]:
    """Return the documents to begin with: the project's own payloads, and those captured where they lie beside it."""
    own = [msgspec.json.decode(path.read_bytes())["wire"] for path in sorted(OWN.glob("*/*.json"))]
    folder = SHARED / "payloads"
    captured = [parsed for path in sorted(folder.rglob("*.json")) for parsed in _documents(path)]
    return [document for document in own + captured if isinstance(document, dict)]


def _documents(path: Path) -> Iterator[dict[str, Json]]:
    try:
        parsed = jsonld.parse(path.read_bytes())
    except Malformed:
        return
    for value in parsed.values() if isinstance(parsed, dict) and "type" not in parsed else (parsed,):
        yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def mutated(document: dict[str, Json], dice: random.Random) -> dict[str, Json]:
    """Return a copy of ``document`` with one to six things wrong."""
    copy: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(document))
    for _ in range(dice.randint(1, 6)):
        holder, key = _place(copy, dice)
        if holder is not None:
            dice.choice(_WAYS)(holder, key, dice)
    return copy


def _place(document: dict[str, Json], dice: random.Random) -> tuple[Json, Json]:
    """Return something inside, at any depth, by what holds it and where."""
    holder: Json = document
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return None, None
        key = dice.choice(keys)
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or dice.random() < 0.3:
            return holder, key
        holder = inner


def _remove(holder: Json, key: Json, _dice: random.Random) -> None:
    del holder[key]


def _replace(holder: Json, key: Json, dice: random.Random) -> None:
    holder[key] = deepcopy(dice.choice(_ODD))


def _wrap(holder: Json, key: Json, _dice: random.Random) -> None:
    holder[key] = [holder[key]]


def _double(holder: Json, key: Json, dice: random.Random) -> None:
    holder[key] = [deepcopy(holder[key]) for _ in range(dice.choice((2, 3, 200)))]


def _unwrap(holder: Json, key: Json, _dice: random.Random) -> None:
    if isinstance(holder[key], list) and holder[key]:
        holder[key] = holder[key][0]


def _nest(holder: Json, key: Json, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 5, 50))):
        holder[key] = {"type": dice.choice(_TYPES), "object": holder[key], "content": "x"}


def _lengthen(holder: Json, key: Json, dice: random.Random) -> None:
    holder[key] = str(holder[key])[:200] * dice.choice((20, 500))


def _retype(holder: Json, _key: Json, dice: random.Random) -> None:
    if isinstance(holder, dict):
        holder["type"] = dice.choice(_TYPES)


def _break(holder: Json, key: Json, dice: random.Random) -> None:
    if isinstance(holder[key], str) and holder[key]:
        at = dice.randrange(len(holder[key]))
        holder[key] = holder[key][:at] + dice.choice(_BREAKS) + holder[key][at:]


def _move(holder: Json, key: Json, dice: random.Random) -> None:
    if isinstance(holder, dict):
        name = dice.choice(
            ("id", "type", "actor", "object", "content", "tag", "attachment", "inReplyTo", "to", "url", "quote")
        )
        holder[name] = holder.pop(key)


_WAYS: tuple[Callable[[Json, Json, random.Random], None], ...] = (
    _remove,
    _replace,
    _replace,
    _wrap,
    _double,
    _unwrap,
    _nest,
    _lengthen,
    _retype,
    _break,
    _move,
)
