"""Conversations: which posts belong to one, how far it is followed, and when it is looked at again.

Others say what belongs to a conversation: a collection of replies, a collection of the whole. They are believed as far
as to ask for what they name. What is kept is decided here, by what each post says at its own origin: it answers a post
that belongs already, one that belongs answers it, or it names the collection itself as its conversation.

Spec: PROTOCOL §§4.12, 4.13; FEP-7888; FEP-f228; RULINGS 18; SAFETY rules 9, 25.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.incoming import IncomingPost
from smallfed.domain.refused import Refused
from smallfed.domain.uris import web

FIRST_LOOK = timedelta(minutes=5)  # after a post of interest came: most answers are there by then
COOLDOWN = timedelta(minutes=15)  # between two looks at the same
LONGEST = timedelta(days=1)
AGAIN = timedelta(minutes=1)  # after a look that a limit ended
AGEING = 8  # what is a day old is looked at every three hours

HIGH, HIGH_ASIDE = 100, 20  # ancestors that are fetched
DEEP, DEEP_ASIDE = 60, 20  # generations of answers
PAGES = 25  # of one collection
NAMED = 10_000  # posts and pages that others name
KEPT = 8 << 20  # bytes of posts of which it is not known yet whether they belong


class Belongs(Struct, frozen=True, kw_only=True):
    """The post belongs to the conversation, ``depth`` generations below its beginning."""

    depth: int


class Waits(Struct, frozen=True, kw_only=True):
    """Whether the post belongs is known when what it answers is there."""


Judgement = Belongs | Waits | Refused


class Walk:
    """What is known of one conversation while it is gathered; others' rings and endless chains end here."""

    def __init__(self, *, deep: int) -> None:
        self._deep = deep
        self._depths: dict[str, int] = {}  # of the posts that belong, by id and by page
        self._named: set[str] = set()
        self._answered: set[str] = set()  # by posts that belong
        self._held_back: dict[str, list[IncomingPost]] = {}  # by what they answer
        self._passed_over: dict[str, IncomingPost] = {}  # until something that belongs answers them
        self._room = KEPT

    def name(self, uris: Iterable[str]) -> list[str]:
        """Return those that are named for the first time and can be asked for, while there are not too many."""
        new = [uri for uri in dict.fromkeys(uris) if uri not in self._named and web(uri)]
        del new[max(0, NAMED - len(self._named)) :]
        self._named.update(new)
        return new

    def depth(self, uri: str) -> int | None:
        """Return the generation of a post that belongs, None of any other."""
        return self._depths.get(uri)

    def admit(self, uri: str, url: str | None, depth: int, *, answers: str | None = None) -> list[IncomingPost]:
        """Note that a post belongs; return those that waited for it."""
        names = {uri, url or uri}
        self._depths.update(dict.fromkeys(names, depth))
        self._named.update(names)
        waiting = [post for name in sorted(names) for post in self._held_back.pop(name, ())]
        if answers is not None:
            self._answered.add(answers)
            above = self._passed_over.pop(answers, None)
            waiting += [] if above is None else [above]
        return waiting

    def judge(self, post: IncomingPost, *, context: str | None = None) -> Judgement:
        """Judge a post that somebody has named; ``context`` is the collection of the whole, if that named it.

        What has to wait is kept here until ``admit``.
        """
        parent = post.in_reply_to
        above = None if parent is None or parent == post.uri else self._depths.get(parent)
        if above is not None:
            return Belongs(depth=above + 1) if above < self._deep else Refused("It is too far down.")
        if post.uri in self._answered or (context is not None and post.context == context):
            return Belongs(depth=0 if parent is None else 1)
        weight = len(post.raw) + 4 * len(post.content)
        if weight > self._room:
            return Refused("Too much is waiting already.")
        if parent is not None and parent in self._named and parent != post.uri:
            self._room -= weight
            self._held_back.setdefault(parent, []).append(post)
            return Waits()
        if post.uri not in self._passed_over:
            self._room -= weight
            self._passed_over[post.uri] = post
        return Refused("It does not belong to the conversation.")


def is_due(read_at: datetime | None, published_at: datetime, now: datetime) -> bool:
    """Whether the replies to a post are to be read (again): the older it is the more seldom."""
    return read_at is None or now - read_at >= min(max(COOLDOWN, (now - published_at) / AGEING), LONGEST)


def may_begin(begun_at: datetime | None, now: datetime, *, complete: bool) -> bool:
    """Whether a conversation that was looked at then, to its end or not, may be looked at now."""
    return begun_at is None or now - begun_at >= (COOLDOWN if complete else AGAIN)
