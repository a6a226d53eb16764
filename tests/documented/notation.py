"""The notation: types as text, and whether a value is of one."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from smallfed.mastodon.routes.instance import API_VERSION

CLAIMED = API_VERSION  # a field of a later one may be missing
HERE = Path(__file__).parent

_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_URL = re.compile(r"https?://[^\s/]\S*")
_ID = re.compile(r"[1-9][0-9]{0,18}")
_COUNT = re.compile(r"[0-9]+")
_VERSION = re.compile(r"\d+\.\d+\.\d+\b.*")


class Field(Struct, frozen=True, kw_only=True):
    """One field of an entity; ``since`` is the api version that brought it."""

    type: str
    optional: bool = False
    mine: bool = False
    since: int = 0


Entity = Mapping[str, Field]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _like(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _text(value: Any) -> bool:
    return isinstance(value, str)


PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "id": lambda value: _like(_ID)(value) and int(value) < 2**63,
    "intid": lambda value: _whole(value) and 0 < value < 2**53,
    "text": lambda value: _text(value) and value != "",
    "str": _text,
    "html": _text,
    "url": _like(_URL),
    "url0": lambda value: value == "" or _like(_URL)(value),
    "uri": lambda value: _text(value) and ":" in value,
    "datetime": _like(_DATETIME),
    "date": _like(_DATE),
    "day": lambda value: _like(_COUNT)(value) and int(value) % 86400 == 0,
    "count": _like(_COUNT),
    "int": lambda value: _whole(value) and value >= 0,
    "num": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "version": _like(_VERSION),
    "any": lambda value: True,
}


def read(text: str) -> dict[str, Entity]:
    """Return the entities that ``text`` describes, by name."""
    known: dict[str, Entity] = {}
    for line in _lines(text):
        head, _, rest = line.partition(":")
        name, _, base = (part.strip() for part in head.removesuffix("+").partition("="))
        known[name] = {**known.get(base.strip(), {}), **dict(_field(one) for one in rest.split(";") if one.strip())}
    return known


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a table: those that begin with a space go on with the one before."""
    whole = re.sub(r"\n +", " ", re.sub(r"(?m)^#.*\n", "", text))
    return (line for line in whole.splitlines() if line.strip())


def _field(text: str) -> tuple[str, Field]:
    name, type_, *flags = text.split()
    since = next((int(flag[1:]) for flag in flags if re.fullmatch(r"v\d+", flag)), 0)
    unknown = [flag for flag in flags if flag not in ("opt", "mine", "ours") and not re.fullmatch(r"v\d+", flag)]
    assert not unknown, (text, unknown)
    optional = "opt" in flags or "ours" in flags or since > CLAIMED
    return name, Field(type=type_, optional=optional, mine="mine" in flags, since=since)


@cache
def entities() -> Mapping[str, Entity]:
    """Return all documented entities."""
    return read((HERE / "entities.txt").read_text())


def faults(value: Any, type_: str, *, mine: bool, where: str = "") -> Iterator[str]:
    """Yield what is wrong with ``value`` as one of ``type_``, with where; ``mine``: it was told to the owner's app."""
    if type_.endswith("?"):
        if value is not None:
            yield from faults(value, type_[:-1], mine=mine, where=where)
    elif type_[0] == "[" and isinstance(value, list):
        for number, one in enumerate(value):
            yield from faults(one, type_[1:-1], mine=mine, where=f"{where}[{number}]")
    elif type_[0] == "{" and isinstance(value, dict):
        for name, one in value.items():
            yield from faults(one, type_[1:-1], mine=mine, where=f"{where}.{name}")
    elif type_ in entities() and isinstance(value, dict):
        yield from _of_entity(value, entities()[type_], type_, mine=mine, where=where)
    elif not _is(value, type_):
        yield f"{where or 'it'} is no {type_}: {value!r}"


def _is(value: Any, type_: str) -> bool:
    """Whether ``value`` is one of the plain ``type_``; it is no entity and no list of something."""
    if type_.startswith("enum("):
        return value in type_[5:-1].split("/")
    if type_[0] in "[{" or type_ in entities():
        return False
    return PLAIN[type_](value)


def _of_entity(value: Mapping[str, Any], entity: Entity, type_: str, *, mine: bool, where: str) -> Iterator[str]:
    for name in value.keys() - entity.keys():
        yield f"{where}.{name} is not documented for {type_}"
    for name, field in entity.items():
        if name in value:
            yield from faults(value[name], field.type, mine=mine, where=f"{where}.{name}")
        elif not field.optional and (mine or not field.mine):
            yield f"{where}.{name} of {type_} is missing"
