"""Gathering: what a stranger does lies with what is like it, and the owner is told of it, or it is held.

A thing that is like no other is a wave of one, which is only watched. When a wave is more than that, what the owner was
told of it is taken back, and one line is said of the whole (``services/collapsing``). What is too much within an hour
is gathered by that alone.

Spec: SAFETY §5.
"""

from collections.abc import Iterator, Sequence

from smallfed.domain.account import Account
from smallfed.domain.events import NotificationFiltered
from smallfed.domain.notification import Handling
from smallfed.domain.post import Post
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import Item, Kind, State, Wave
from smallfed.policy.likeness import Said, Sketch, sketch
from smallfed.policy.reporting import site
from smallfed.policy.strangers import IN_THREAD, UNASKED, WAVE, First, doubt, names_many
from smallfed.services import calming, collapsing
from smallfed.store import (
    attachments,
    houses,
    judgements,
    mentions,
    notification_requests,
    notifications,
    posts,
    refusals,
    stranger_rates,
    threads,
    wave_items,
    waves,
)
from smallfed.store.judgements import STRANGERS
from smallfed.store.tx import Tx
from smallfed.text import sanitise
from smallfed.translate import linking

SAMPLE = 140  # characters of what is shown of a wave
NAMES = 5  # posts that name many, in an hour: more are a wave
SPOKEN = frozenset({"mention", "quote"})
BINNED = "It belongs to a wave that you have binned."


class Stranger:
    """One thing that a stranger does which would notify the owner, and be handled as ``handling`` says."""

    def __init__(self, tx: Tx, type_: str, account: Account, about: int | None, handling: Handling) -> None:
        self._tx, self._type, self._account, self._about, self._handling = tx, type_, account, about, handling
        self._post = posts.get(tx, about) if about is not None and type_ in SPOKEN else None
        self._root = None if about is None else threads.top(tx, posts.get(tx, about))
        self._limits = waves.limits(tx)
        self._said = said_in(tx, self._post, account) if self._post is not None else self._profile()
        self._sketch = sketch(self._said) if self._limits.waves else Sketch()

    def judged(self) -> Handling:
        """Return what becomes of it."""
        held = wave_items.find(self._tx, self._type, self._account.id, self._about)
        if held is not None:  # it was judged when it came first
            return Handling.FILTER if held else self._handling
        wave = waves.like(self._tx, self._sketch) if self._sketch.tells else None
        if self._is_let_in():
            return self._handling
        if wave is not None and wave.state is State.BINNED:
            self._lay(wave, BINNED)
            return Handling.DROP
        why = None if wave is not None and wave.state is State.RELEASED else self._doubt(wave)
        for kind, name, reason in self._too_much(why) if wave is None or wave.state is not State.OPEN else ():
            return self._into(kind, name, reason)
        if why is None and self._is_in_thread and self._root is not None and self._limits.thread:
            calming.watch(self._tx, self._root, self._limits.thread)
        return self._handling if wave is None and why is None and not self._sketch.tells else self._lay(wave, why)

    def _is_let_in(self) -> bool:
        """Whether the owner has let it in, from the ledger: then it is what the owner wants to see."""
        post = self._post
        return post is not None and refusals.is_released(self._tx, self._account.uri, post.uri)

    # What it says ---------------------------------------------------------------------------------------------------
    def _profile(self) -> Said:
        """Return what is known of who only wants to follow; likes and boosts say nothing."""
        if self._type not in ("follow", "follow_request"):
            return Said()
        return Said(text=sanitise.words(self._account.note), name=self._account.name)

    def _first(self) -> First:
        post = self._post
        named = (
            0 if post is None else len(mentions.of_post(self._tx, post.id)) + len(mentions.unknown(self._tx, post.id))
        )
        return First(
            since=max(self._account.created_at, self._account.published_at or self._account.created_at),
            mentions=named,
            links=len(self._said.links) if post is not None else 0,
            pictures=len(attachments.of_post(self._tx, post.id)) if post is not None else 0,
        )

    def _doubt(self, wave: Wave | None) -> str | None:
        """Return why the owner is not told of it, unless it is too much; None: it is told."""
        if wave is not None and wave.state is State.OPEN:
            return _like(wave.items)
        why = doubt(self._first(), self._limits, self._tx.now)
        if why is None and self._handling is Handling.FILTER:
            return "Your policy for notifications keeps strangers back."
        return why

    @property
    def _is_in_thread(self) -> bool:
        return self._root is not None and self._root.local

    # How much it is -------------------------------------------------------------------------------------------------
    def _too_much(self, why: str | None) -> Iterator[tuple[Kind, str, str]]:
        """Yield (what it is a wave of, by which name, why) where more came within the hour than the owner wants."""
        limits, host, post = self._limits, site(self._account.host), self._post
        if self._type == "follow_request" and 0 < limits.follows < stranger_rates.read(self._tx, "follows"):
            yield Kind.FOLLOWS, "follows", f"More than {limits.follows} strangers asked to follow you within an hour."
        elif why is not None:
            if names_many(self._first(), limits) and self._counts("names", NAMES):
                yield Kind.NAMES, "names", why
        elif post is not None and not self._is_in_thread and self._counts("unasked", limits.unasked):
            yield Kind.UNASKED, "unasked", f"More than {limits.unasked} strangers spoke to you unasked within an hour."
        elif self._counts(f"host:{host}", limits.per_host):
            yield Kind.HOST, f"host:{host}", f"Strangers on {host} sent more than {limits.per_host} things in an hour."

    def _counts(self, name: str, most: int) -> bool:
        """Count one more; whether that are more than ``most`` within the hour."""
        return most > 0 and stranger_rates.count(self._tx, name) > most

    # Where it lies --------------------------------------------------------------------------------------------------
    def _into(self, kind: Kind, name: str, reason: str) -> Handling:
        """Hold it with all that was too much."""
        sample = site(self._account.host) if kind is Kind.HOST else ""
        self._add(waves.begin(self._tx, kind, name=name, state=State.OPEN, sample=sample), reason, points=0)
        return Handling.FILTER

    def _lay(self, wave: Wave | None, why: str | None) -> Handling:
        """Lay it with what is like it, and hold it where there is a reason; see whether that is a wave by now."""
        if wave is None:
            wave = waves.begin(self._tx, Kind.ALIKE, sample=self._sample())
        wave = waves.learn(self._tx, wave, self._sketch.traits)
        wave = self._add(wave, why, points=IN_THREAD if self._is_in_thread else UNASKED)
        if wave.state is State.WATCHED and wave.points >= WAVE and wave.items > 1:
            withdraw(self._tx, wave, _like(wave.items - 1))
            return Handling.FILTER
        return self._handling if why is None else Handling.FILTER

    def _add(self, wave: Wave, why: str | None, *, points: int) -> Wave:
        held = why is not None
        item = Item(type=self._type, account_id=self._account.id, post_id=self._about, at=self._tx.now, held=held)
        wave = wave_items.add(self._tx, wave, item, self._account.host, points=points, reason=why or "")
        if why is not None and self._post is not None:
            keep_from_view(self._tx, self._post.id, wave, why)
        if wave.state is State.OPEN:
            collapsing.tell(self._tx, wave)
        return wave

    def _sample(self) -> str:
        text = " ".join(self._said.text.split())
        return (text or self._account.name or self._account.handle)[:SAMPLE]


def _like(others: int) -> str:
    return f"It is like {others} other {'things' if others > 1 else 'thing'} that strangers sent."


def keep_from_view(tx: Tx, post: int, wave: Wave, reason: str) -> None:
    """Let a post stand in no public view and notify nobody, for a reason that is kept with it."""
    rule = f"{STRANGERS}{wave.kind} {wave.id}"
    judgements.add(tx, post, [Verdict(Action.HUSH, reason, rule), Verdict(Action.HIDE, reason, rule)])


def withdraw(tx: Tx, wave: Wave, why: str) -> None:
    """Take back what the owner was told of what is a wave now: it waits, as if it had been held at once."""
    for item in wave_items.items(tx, wave.id, told=True):
        number = notifications.withhold(tx, item.type, item.account_id, item.post_id)
        if item.post_id is not None and item.type in SPOKEN:
            keep_from_view(tx, item.post_id, wave, why)
        if number is not None:
            if item.type in notification_requests.ADDRESSED:
                notification_requests.note(tx, item.account_id)
            tx.announce(NotificationFiltered(notification=number))
    wave_items.hold_all(tx, wave.id, held=True)
    waves.change(tx, wave.id, state=State.OPEN, reason=why)
    collapsing.tell(tx, waves.get(tx, wave.id))


# What a post says -----------------------------------------------------------------------------------------------------
def said_in(tx: Tx, post: Post, author: Account) -> Said:
    """Return what a stored post says."""
    return Said(
        text=f"{post.title} {sanitise.words(post.content)}",
        links=tuple(_links(tx, post)),
        pictures=tuple(filter(None, (picture.blurhash for picture in attachments.of_post(tx, post.id)))),
        name=author.name,
    )


def _links(tx: Tx, post: Post) -> Sequence[str]:
    """Return where a post leads, but for people and for what is ours."""
    if "<a " not in post.content:
        return ()
    base = houses.get(tx).base + "/"
    named = {uri for account in mentions.of_post(tx, post.id) for uri in (account.uri, account.url) if uri}
    named.update(mentions.unknown(tx, post.id))
    return [page for page in dict.fromkeys(linking.pages(post.content, but=named)) if not page.startswith(base)]
