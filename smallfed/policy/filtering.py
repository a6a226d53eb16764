"""Filtering: whether the text of a post contains what the owner does not want to meet unwarned.

As Mastodon decides it: small and capital letters are the same; where a keyword for whole words begins or ends with a
letter, mark, digit or connector such as ``_``, the text may not go on with one. Beyond it, letters are the same however
they are composed (NFC), and a text is read a second time as it looks: without what nobody sees, with its bold, round
and wide letters as plain ones. No keyword is a pattern: each is looked for as it is, in linear time.

Spec: https://docs.joinmastodon.org/entities/FilterResult/; CLIENT_API §14; SAFETY rule 30.
"""

import re
from collections.abc import Callable, Iterable
from unicodedata import category, is_normalized, normalize

from msgspec import Struct

from smallfed.domain.filter import Filter

LONGEST = 65_536  # characters looked through; nobody writes that much who is not hostile
UNSEEN = re.compile(  # Default_Ignorable_Code_Point
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


class Needle(Struct, frozen=True, kw_only=True):
    """A keyword, ready to be looked for. ``begins``, ``ends``: a word must begin, or end, where it does.

    ``folded`` is sought where a text is read letter by letter, ``looks`` where it is read as it looks.
    """

    folded: str
    looks: str
    begins: bool
    ends: bool


class Rule(Struct, frozen=True, kw_only=True):
    """A filter with its keywords."""

    filter: Filter
    needles: tuple[Needle, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """One way to read a text, folded; ``looks``: as it looks.

    ``places``: of which letter each of ``folded`` comes, None where it is the same.
    """

    folded: str
    places: tuple[int, ...] | None = None
    looks: bool = False


class Haystack(Struct, frozen=True, kw_only=True):
    """A text as it is, and the ways to read it: letter by letter, and as it looks where that is another."""

    text: str
    readings: tuple[Reading, ...]


def needle(keyword: str, *, whole_word: bool) -> Needle:
    """Return a keyword that is not blank, ready to be looked for."""
    text = normalize("NFC", keyword)
    folded = text.casefold()
    return Needle(
        folded=folded,
        looks="".join(map(_looking, text)) or folded,
        begins=whole_word and is_of_word(text[0]),
        ends=whole_word and is_of_word(text[-1]),
    )


def haystack(text: str) -> Haystack:
    """Return a text, ready to be looked through."""
    text = normalize("NFC", text[:LONGEST])
    folded = text.casefold()
    is_plain = text.isascii() or (is_normalized("NFKC", text) and UNSEEN.search(text) is None)
    if len(folded) == len(text):
        one = Reading(folded=folded, looks=is_plain)
    else:
        one = _read(text, str.casefold, looks=is_plain)  # ß becomes ss
    return Haystack(text=text, readings=(one,) if is_plain else (one, _read(text, _looking, looks=True)))


def _read(text: str, become: Callable[[str], str], *, looks: bool) -> Reading:
    each = {letter: become(letter) for letter in set(text)}
    places = tuple(place for place, letter in enumerate(text) for _ in each[letter])
    return Reading(folded="".join(map(each.__getitem__, text)), places=places, looks=looks)


def _looking(letter: str) -> str:
    return UNSEEN.sub("", normalize("NFKC", letter)).casefold()


def found(needles: Iterable[Needle], hay: Haystack) -> list[str]:
    """Return what in the text the keywords match, as it is written there: the first place of each, each once."""
    matches = [_first(one, hay) for one in needles]
    return list(dict.fromkeys(match for match in matches if match is not None))


def _first(one: Needle, hay: Haystack) -> str | None:
    for reading in hay.readings:
        sought = one.looks if reading.looks else one.folded
        if sought in reading.folded:  # nearly none are
            written = _find(one, sought, hay.text, reading)
            if written is not None:
                return written
    return None


def _find(one: Needle, sought: str, text: str, reading: Reading) -> str | None:
    folded, at = reading.folded, reading.folded.find(sought)
    while at >= 0:
        end = at + len(sought)
        inside = (one.begins and at > 0 and is_of_word(folded[at - 1])) or (
            one.ends and end < len(folded) and is_of_word(folded[end])
        )
        if not inside:
            return _written(text, reading.places, at, end)
        at = folded.find(sought, at + 1)
    return None


def _written(text: str, places: tuple[int, ...] | None, at: int, end: int) -> str:
    return text[at:end] if places is None else text[places[at] : places[end - 1] + 1]


def is_of_word(letter: str) -> bool:
    """Whether a character is part of a word: a letter, a mark, a digit, or a connector such as ``_``."""
    kind = category(letter)
    return kind[0] in "LM" or kind in ("Nd", "Pc")
