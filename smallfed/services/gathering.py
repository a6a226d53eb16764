"""Gathering: what a stranger does lies with what is like it, and the owner is told of it, or it is held.

A thing that is like no other is a wave of one, which is only watched. When a wave is more than that, what the owner was
told of it is taken back, and one line is said of the whole (``services/collapsing``). What is too much within an hour
is gathered by that alone.

Spec: SAFETY §5.
"""

from smallfed.domain.account import Account
from smallfed.domain.notification import SPOKEN, Handling
from smallfed.domain.wave import SUSPECT, Item, Kind, State, Wave
from smallfed.policy.likeness import Said, Sketch, is_empty, sketch
from smallfed.policy.strangers import IN_THREAD, UNASKED, WAVE, First, doubt
from smallfed.services import calming, collapsing, crowding, overrunning
from smallfed.services.crowding import Crowd, Doing
from smallfed.services.withdrawing import ALONG, bring, hush, implicate, keep_from_view, withdraw
from smallfed.services.wording import said_in
from smallfed.store import attachments, mentions, posts, refusals, threads, wave_items, waves
from smallfed.store.tx import Tx
from smallfed.text import sanitise

SAMPLE = 140  # characters of what is shown of a wave
BINNED = "It belongs to a wave that you have binned."
POLICY = "Your policy for notifications keeps strangers back."
AFTER = "It is by somebody of whom you have binned other things."


class Stranger:
    """One thing that a stranger does which would notify the owner, and be handled as ``handling`` says."""

    def __init__(self, tx: Tx, type_: str, account: Account, about: int | None, handling: Handling) -> None:
        self._tx, self._type, self._account, self._about, self._handling = tx, type_, account, about, handling
        self._post = posts.get(tx, about) if about is not None and type_ in SPOKEN else None
        self._root = None if about is None else threads.top(tx, posts.get(tx, about))
        self._limits = waves.limits(tx)
        self._said = said_in(tx, self._post, account) if self._post is not None else self._profile()
        brief = self._limits.waves and overrunning.is_doubtful(tx, account.host)
        self._sketch = sketch(self._said, brief=brief) if self._limits.waves else Sketch()

    def judged(self) -> Handling:
        """Return what becomes of it."""
        held = wave_items.find(self._tx, self._type, self._account.id, self._about)
        if held is not None:  # it was judged when it came first
            return Handling.FILTER if held else self._handling
        if self._is_let_in():
            return self._handling
        overrunning.hear(self._tx, self._account)
        wave = waves.like(self._tx, self._sketch)
        if wave is None or wave.state is State.WATCHED:
            return self._by_itself(wave)
        if wave.state is State.BINNED:
            self._lay(wave, BINNED)
            return Handling.DROP
        return self._lay(wave, _like(wave.items) if wave.state is State.OPEN else None)

    def _is_let_in(self) -> bool:
        """Whether the owner has let it in, from the ledger: then it is what the owner wants to see."""
        post = self._post
        return post is not None and refusals.is_released(self._tx, self._account.uri, post.uri)

    def _by_itself(self, wave: Wave | None) -> Handling:
        """Judge it by who does it, what it is, and how much there is; ``wave``: what it is like is no wave so far."""
        if wave is not None and wave.points + self._weight >= WAVE:  # with this it is one
            return self._lay(wave, _like(wave.items))
        known = wave_items.waits_in(self._tx, self._account.id, SUSPECT, but=POLICY) if self._limits.waves else None
        if known is not None and known != wave:
            self._remember(wave)
            return self._with_others_of_theirs(known)
        first = self._first()
        why = self._doubt(first)
        unasked = self._post is not None and not self._is_in_thread
        doing = Doing(type=self._type, account=self._account, first=first, unasked=unasked, why=why)
        crowd = crowding.crowd(self._tx, doing, self._limits)
        if crowd is not None:
            self._remember(wave)
            return self._into(crowd)
        if why is None and self._is_in_thread and self._root is not None and self._limits.thread:
            calming.watch(self._tx, self._root, self._limits.thread)
        return self._handling if wave is None and why is None and not self._sketch.tells else self._lay(wave, why)

    # What it says ---------------------------------------------------------------------------------------------------
    def _profile(self) -> Said:
        """Return what is known of who only wants to follow; likes and boosts say nothing."""
        if self._type not in ("follow", "follow_request"):
            return Said()
        return Said(text=sanitise.words(self._account.note), name=self._account.name)

    def _doubt(self, first: First) -> str | None:
        """Return why the owner is not told of it, unless it is too much; None: it is told."""
        why = doubt(first, self._limits, self._tx.now)
        if why is None and self._handling is Handling.FILTER:
            return POLICY
        return why

    def _first(self) -> First:
        tx, post = self._tx, self._post
        since = max(self._account.created_at, self._account.published_at or self._account.created_at)
        if post is None:
            return First(since=since)
        pictures = len(attachments.of_post(tx, post.id))
        return First(
            since=since,
            mentions=len(mentions.of_post(tx, post.id)) + len(mentions.unknown(tx, post.id)),
            hashtags=len(mentions.hashtags_of(tx, post.id)),
            links=len(self._said.links),
            pictures=pictures,
            empty=not (self._is_in_thread or pictures or self._said.links) and is_empty(self._said.text),
        )

    @property
    def _weight(self) -> int:
        return IN_THREAD if self._is_in_thread else UNASKED

    @property
    def _is_in_thread(self) -> bool:
        return self._root is not None and self._root.local

    # Where it lies --------------------------------------------------------------------------------------------------
    def _into(self, crowd: Crowd) -> Handling:
        """Hold it with all that was too much."""
        known = waves.find_named(self._tx, crowd.name)
        wave = known or waves.begin(self._tx, crowd.kind, name=crowd.name, state=State.OPEN, sample=crowd.sample)
        wave = self._add(wave, crowd.reason, points=0)
        if known is None:
            bring(self._tx, wave, crowding.company(self._tx, wave), crowd.reason)
        return Handling.FILTER

    def _with_others_of_theirs(self, wave: Wave) -> Handling:
        """Hold it with what else of theirs waits; or begin something new where the owner has binned that."""
        if wave.state is State.BINNED:
            name = f"after:{wave.id}"
            after = waves.begin(self._tx, wave.kind, name=name, state=State.OPEN, sample=wave.sample)
            self._add(after, AFTER, points=0)
        else:
            self._add(wave, ALONG, points=0)
        return Handling.FILTER

    def _remember(self, wave: Wave | None) -> None:
        """Note what a thing is like that lies elsewhere, so that others like it are seen to be a wave."""
        if self._sketch.tells:
            wave = wave or waves.begin(self._tx, Kind.ALIKE, sample=self._sample())
            wave = waves.learn(self._tx, wave, self._sketch.traits)
            waves.change(
                self._tx, wave.id, points=wave.points + self._weight, items=wave.items + 1, last_at=self._tx.now
            )

    def _lay(self, wave: Wave | None, why: str | None) -> Handling:
        """Lay it with what is like it, and hold it where there is a reason; see whether that is a wave by now."""
        if wave is None:
            wave = waves.begin(self._tx, Kind.ALIKE, sample=self._sample())
        wave = waves.learn(self._tx, wave, self._sketch.traits)
        wave = self._add(wave, why, points=self._weight)
        if wave.state is State.WATCHED and wave.points >= WAVE:
            withdraw(self._tx, wave, _like(wave.items - 1))
            return Handling.FILTER
        return self._handling if why is None else Handling.FILTER

    def _add(self, wave: Wave, why: str | None, *, points: int) -> Wave:
        held = why is not None
        item = Item(type=self._type, account_id=self._account.id, post_id=self._about, at=self._tx.now, held=held)
        wave = wave_items.add(self._tx, wave, item, self._account.host, points=points, reason=why or "")
        if why is not None and self._post is not None:
            keep = hush if why == POLICY else keep_from_view  # a policy says nothing against what is said
            keep(self._tx, self._post.id, wave, why)
        if wave.state is State.OPEN:
            if wave.kind in SUSPECT:
                wave = implicate(self._tx, wave, self._account)
            collapsing.tell(self._tx, wave)
        return wave

    def _sample(self) -> str:
        text = " ".join(self._said.text.split())
        return (text or self._account.name or self._account.handle)[:SAMPLE]


def _like(others: int) -> str:
    return f"It is like {others} other {'things' if others > 1 else 'thing'} that strangers sent."
