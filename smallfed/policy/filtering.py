"""Filtering: whether the text of a post contains what the owner does not want to meet unwarned.

As Mastodon decides it: small and capital letters are the same; where a keyword for whole words begins or ends with a
letter, mark, digit or connector such as ``_``, the text may not go on with one. Beyond it, letters are the same however
they are composed (NFC). No keyword is a pattern: each is looked for as it is, in linear time.

Spec: https://docs.joinmastodon.org/entities/FilterResult/; CLIENT_API §14; SAFETY rule 30.
"""

from collections.abc import Iterable
from unicodedata import category, normalize

from msgspec import Struct

from smallfed.domain.filter import Filter

LONGEST = 65_536  # characters looked through; nobody writes that much who is not hostile


class Needle(Struct, frozen=True, kw_only=True):
    """A keyword, ready to be looked for. ``begins``, ``ends``: a word must begin, or end, where it does."""

    folded: str
    begins: bool
    ends: bool


class Rule(Struct, frozen=True, kw_only=True):
    """A filter with its keywords."""

    filter: Filter
    needles: tuple[Needle, ...]


class Haystack(Struct, frozen=True, kw_only=True):
    """A text as it is, and folded. ``places``: of which letter each of ``folded`` comes, None where it is the same."""

    text: str
    folded: str
    places: tuple[int, ...] | None


def needle(keyword: str, *, whole_word: bool) -> Needle:
    """Return a keyword that is not blank, ready to be looked for."""
    text = normalize("NFC", keyword)
    return Needle(
        folded=text.casefold(),
        begins=whole_word and is_of_word(text[0]),
        ends=whole_word and is_of_word(text[-1]),
    )


def haystack(text: str) -> Haystack:
    """Return a text, ready to be looked through."""
    text = normalize("NFC", text[:LONGEST])
    folded = text.casefold()
    if len(folded) == len(text):
        return Haystack(text=text, folded=folded, places=None)
    each = [letter.casefold() for letter in text]  # ß becomes ss
    places = tuple(place for place, letters in enumerate(each) for _ in letters)
    return Haystack(text=text, folded="".join(each), places=places)


def found(needles: Iterable[Needle], hay: Haystack) -> list[str]:
    """Return what in the text the keywords match, as it is written there: the first place of each, each once."""
    folded = hay.folded
    matches = [_find(one, hay) for one in needles if one.folded in folded]  # nearly none are
    return list(dict.fromkeys(match for match in matches if match is not None))


def _find(one: Needle, hay: Haystack) -> str | None:
    folded, at = hay.folded, hay.folded.find(one.folded)
    while at >= 0:
        end = at + len(one.folded)
        inside = (one.begins and at > 0 and is_of_word(folded[at - 1])) or (
            one.ends and end < len(folded) and is_of_word(folded[end])
        )
        if not inside:
            return _written(hay, at, end)
        at = folded.find(one.folded, at + 1)
    return None


def _written(hay: Haystack, at: int, end: int) -> str:
    if hay.places is None:
        return hay.text[at:end]
    return hay.text[hay.places[at] : hay.places[end - 1] + 1]


def is_of_word(letter: str) -> bool:
    """Whether a character is part of a word: a letter, a mark, a digit, or a connector such as ``_``."""
    kind = category(letter)
    return kind[0] in "LM" or kind in ("Nd", "Pc")
