"""Keywords of rules: many are looked for at once, in time linear in the text.

``buy now`` is found where the words stand whole; ``*coin*`` also inside others. Small and capital letters are the same,
and so is what only looks the same, as in filters. A keyword whose first word stands whole is only looked for where the
text has that word, so ten thousand of them cost what the text costs; the others are each looked for.

Spec: SAFETY rule 30.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from unicodedata import category

from msgspec import Struct, structs

from smallfed.domain.rule import Rule
from smallfed.policy import filtering
from smallfed.policy.filtering import Haystack, Needle

_WORD = re.compile(r"\w+")


class Keywords(Struct, frozen=True, kw_only=True):
    """Keywords ready to be looked for: ``by_word`` has those whose first word stands whole, by it."""

    by_word: Mapping[str, Sequence[tuple[Needle, Rule]]] = {}
    anywhere: Sequence[tuple[Needle, Rule]] = ()

    def matching(self, text: str) -> Iterator[tuple[Rule, str]]:
        """Yield the rules whose keyword the text contains, with how it is written there."""
        hay = filtering.haystack(text)
        for word in dict.fromkeys(_words(hay)) if self.by_word else ():
            yield from _among(self.by_word.get(word, ()), hay)
        yield from _among(self.anywhere, hay)


def _words(hay: Haystack) -> Iterator[str]:
    """Yield the words of a text, in all its readings."""
    for reading in hay.readings:
        yield from _WORD.findall(_apart(reading.folded))


def _apart(text: str) -> str:
    """Return a text with spaces for signs such as ², which are of no word (``filtering.is_of_word``)."""
    signs = {ord(letter): " " for letter in set(text) if category(letter) in ("No", "Nl")}
    return text.translate(signs) if signs else text


def _among(known: Sequence[tuple[Needle, Rule]], hay: Haystack) -> Iterator[tuple[Rule, str]]:
    for needle, rule in known:
        for written in filtering.found([needle], hay):
            yield rule, written


def keywords(rules: Sequence[Rule]) -> Keywords:
    """Return the keywords of rules, ready to be looked for; blank ones are left out."""
    by_word: dict[str, list[tuple[Needle, Rule]]] = defaultdict(list)
    anywhere: list[tuple[Needle, Rule]] = []
    for rule in rules:
        text = rule.match.strip("*").strip()
        if not text:
            continue
        whole = filtering.needle(text, whole_word=True)
        open_, shut = rule.match.startswith("*"), rule.match.endswith("*")
        needle = structs.replace(whole, begins=whole.begins and not open_, ends=whole.ends and not shut)
        first = _WORD.match(_apart(needle.folded)) if needle.looks == needle.folded else None
        stands_whole = first is not None and needle.begins and (first.end() < len(needle.folded) or needle.ends)
        if first is not None and stands_whole:
            by_word[first.group()].append((needle, rule))
        else:
            anywhere.append((needle, rule))
    return Keywords(by_word=by_word, anywhere=anywhere)
