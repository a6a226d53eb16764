"""Rules: what is to be done about something that comes. One pipeline of pure families; TABLE is the whole of it.

A family finds the rules that hold for some facts. All that hold are kept; the strictest decides whether anything is let
in (``domain/rule.Action``). Whoever the owner follows is judged by the families that say who it is, and by no other.

How families are asked: by name where there may be ten thousand rules (a dict), one by one where there are few.

Spec: SAFETY §5.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.rule import SILENT, Family, Judgement, Rule, Verdict
from smallfed.policy.domains import chain
from smallfed.policy.rules import measures
from smallfed.policy.rules.facts import Facts
from smallfed.policy.rules.words import Keywords, keywords

Found = Iterator[tuple[Rule, str]]


class Rulebook(Struct, frozen=True, kw_only=True):
    """The rules of a house, by family, ready to be asked. ``names``: by what they match, lower case."""

    names: Mapping[Family, Mapping[str, Sequence[Rule]]] = {}
    measures: Mapping[Family, Sequence[Rule]] = {}
    words: Keywords = Keywords()
    profiles: Keywords = Keywords()
    size: int = 0

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return self.size > 0


EMPTY = Rulebook()


def _named(book: Rulebook, family: Family, names: Iterator[str], what: str) -> Found:
    known = book.names.get(family)
    for name in names if known else ():
        for rule in known.get(name, ()) if known else ():
            yield rule, f"{what} {name}"


def _domain(book: Rulebook, facts: Facts) -> Found:
    names = dict.fromkeys(name for host in facts.hosts for name in chain(host))
    yield from _named(book, Family.DOMAIN, iter(names), "It comes from")


def _actor(book: Rulebook, facts: Facts) -> Found:
    yield from _named(book, Family.ACTOR, iter((facts.actor.lower(), facts.handle.lower())), "It comes from")


def _list(book: Rulebook, facts: Facts) -> Found:
    yield from _named(book, Family.LIST, iter(sorted(facts.lists)), "Its author is on the list")


def _relay(book: Rulebook, facts: Facts) -> Found:
    yield from _named(book, Family.RELAY, iter(()) if facts.relay is None else chain(facts.relay), "It was relayed by")


def _keyword(book: Rulebook, facts: Facts) -> Found:
    if book.words.by_word or book.words.anywhere:
        for rule, written in book.words.matching(facts.text()):
            yield rule, f"It says {written!r}"


def _profile(book: Rulebook, facts: Facts) -> Found:
    if book.profiles.by_word or book.profiles.anywhere:
        for rule, written in book.profiles.matching(facts.profile()):
            yield rule, f"Its author says {written!r} of themselves"


def _kind(book: Rulebook, facts: Facts) -> Found:
    yield from _named(book, Family.KIND, iter(sorted(facts.kinds)), "Its author is a")


def _age(book: Rulebook, facts: Facts) -> Found:
    for rule in book.measures.get(Family.AGE, ()):
        least = measures.span(rule.match)
        if least is not None and facts.known_for is not None and facts.known_for < least:
            yield rule, f"Its author has been known for less than {rule.match}"


def _at_least(family: Family, count: Callable[[Facts], int], what: str) -> Callable[[Rulebook, Facts], Found]:
    def found(book: Rulebook, facts: Facts) -> Found:
        for rule in book.measures.get(family, ()):
            least, number = measures.least(rule.match), count(facts)
            if least is not None and number >= least:
                yield rule, f"It has {number} {what}"

    return found


def _rate(book: Rulebook, facts: Facts) -> Found:
    for rule in book.measures.get(Family.RATE, ()):
        most = measures.per_hour(rule.match)
        if most is not None and facts.rate > most:
            yield rule, f"Its server has sent {facts.rate} within the hour"


class Judge(Struct, frozen=True):
    """How a family judges, and whether it spares whom the owner follows."""

    find: Callable[[Rulebook, Facts], Found]
    spares_followed: bool


TABLE: Mapping[Family, Judge] = {
    # ................ how it finds the rules that hold ....................... spares whom the owner follows
    Family.DOMAIN: Judge(_domain, False),  # ................................... match: a domain, *.domain
    Family.ACTOR: Judge(_actor, False),  # ..................................... match: @user@host, or an id
    Family.LIST: Judge(_list, False),  # ....................................... match: the name of a list of accounts
    Family.RELAY: Judge(_relay, True),  # ...................................... match: the host of a relay
    Family.KEYWORD: Judge(_keyword, True),  # .................................. match: words, *part*
    Family.AGE: Judge(_age, True),  # .......................................... match: 24h
    Family.MENTIONS: Judge(_at_least(Family.MENTIONS, lambda f: f.mentions, "mentions"), True),  # match: 8
    Family.LINKS: Judge(_at_least(Family.LINKS, lambda f: f.links, "links"), True),  # ........... match: 1
    Family.MEDIA: Judge(_at_least(Family.MEDIA, lambda f: f.media, "attachments"), True),  # ..... match: 1
    Family.PROFILE: Judge(_profile, True),  # .................................. match: words, *part*
    Family.KIND: Judge(_kind, True),  # ........................................ match: bot, group, service …
    Family.RATE: Judge(_rate, True),  # ........................................ match: 60/h
}
NAMED = frozenset({Family.DOMAIN, Family.ACTOR, Family.LIST, Family.RELAY, Family.KIND})
WRITTEN = frozenset({Family.KEYWORD, Family.PROFILE})


def judge(book: Rulebook, facts: Facts, now: datetime) -> Judgement:
    """Return what the rules say about something."""
    if not book:
        return SILENT
    verdicts = tuple(
        Verdict(rule.action, f"{why}.", label(rule))
        for family in TABLE.values()
        if not (family.spares_followed and facts.followed)
        for rule, why in family.find(book, facts)
        if rule.expires_at is None or rule.expires_at > now
    )
    return Judgement(verdicts) if verdicts else SILENT


def label(rule: Rule) -> str:
    """Return how a rule is named where its verdict is kept."""
    return f"rule {rule.id}: {rule.family} {rule.match}"


def compiled(rules: Sequence[Rule]) -> Rulebook:
    """Return rules ready to be asked."""
    names: dict[Family, dict[str, list[Rule]]] = defaultdict(lambda: defaultdict(list))
    measured: dict[Family, list[Rule]] = defaultdict(list)
    written = {family: [rule for rule in rules if rule.family is family] for family in WRITTEN}
    for rule in rules:
        if rule.family in NAMED:
            names[rule.family][rule.match.lower()].append(rule)
        elif rule.family not in WRITTEN:
            measured[rule.family].append(rule)
    return Rulebook(
        names=names,
        measures=measured,
        words=keywords(written[Family.KEYWORD]),
        profiles=keywords(written[Family.PROFILE]),
        size=len(rules),
    )
