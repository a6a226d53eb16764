"""Queries: what somebody typed into a search box, taken apart.

Words, "phrases", and ``operator:value``; a ``-`` before any of them excludes it. Whatever is typed can be read.

Spec: https://docs.joinmastodon.org/user/network/#search
"""

import re
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

LONGEST = 1000  # characters that are read
MOST = 16  # words, phrases and operators that are read

_PIECE = re.compile(r'([+-]?)(?:([A-Za-z]{2,10}):)?(?:["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+))')
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

Operator = Literal["from", "mentions", "has", "is", "before", "after", "during", "in", "language"]
_OPERATORS: dict[str, Operator] = {
    "from": "from",
    "mentions": "mentions",
    "has": "has",
    "is": "is",
    "before": "before",
    "after": "after",
    "during": "during",
    "in": "in",
    "language": "language",
    "lang": "language",
}


DATED = frozenset[Operator]({"before", "after", "during"})


class Phrase(Struct, frozen=True, kw_only=True):
    """Words that stand beside each other. ``whole``: they were quoted, so the last one is not a beginning."""

    text: str
    excluded: bool = False
    whole: bool = False


class Filter(Struct, frozen=True, kw_only=True):
    """What an operator asks for; ``value`` as typed."""

    operator: Operator
    value: str
    excluded: bool = False


class Query(Struct, frozen=True, kw_only=True):
    """What is asked for. All of it must hold."""

    phrases: tuple[Phrase, ...] = ()
    filters: tuple[Filter, ...] = ()


def read(text: str) -> Query:
    """Take apart what was typed. What is no operator that we know is words, and what has no letter or digit nothing."""
    phrases, filters = list[Phrase](), list[Filter]()
    for number, match in enumerate(_PIECE.finditer(_UNSTORABLE.sub(" ", text[:LONGEST]))):
        if number == MOST:
            break
        sign, name, quoted, bare = match.groups()
        value = bare if quoted is None else quoted
        operator = _OPERATORS.get((name or "").lower())
        if operator is not None:
            filters.append(Filter(operator=operator, value=value.strip(), excluded=sign == "-"))
            continue
        words = value if name is None else f"{name}:{value}"
        if any(character.isalnum() for character in words):
            phrases.append(Phrase(text=words, excluded=sign == "-", whole=quoted is not None))
    return Query(phrases=tuple(phrases), filters=tuple(filters))


def days(operator: Operator, value: str) -> tuple[date | None, date | None] | None:
    """Return the first day that is meant and the first that is no more, each None for no limit; None for no date."""
    try:
        day = date.fromisoformat(value)
        match operator:
            case "before":
                return None, day
            case "after":
                return day + timedelta(days=1), None
            case _:
                return day, day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
