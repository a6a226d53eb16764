"""Reviewing: the owner looks at what was held, and releases or bins each wave of it, whole.

What is binned is taken away: at once from sight, for good after ``UNDOABLE``. Until then it can be brought back. What
it was like is known for ``LEARNED``, here alone, and keeps the rest of the wave out, each with a line in the ledger.
What is released notifies, and so does what comes that is like it; until the owner wants that to be forgotten.

Spec: SAFETY §5.
"""

from datetime import timedelta

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.events import FollowRefused, NotificationMade, NotificationsMerged, PostDeleted
from smallfed.domain.post import Post
from smallfed.domain.refusal import Refusal
from smallfed.domain.relation import Follow
from smallfed.domain.wave import STRANGERS, Item, Kind, State, Wave
from smallfed.errors import Conflict
from smallfed.services import admitting, calming, collapsing, overrunning
from smallfed.store import (
    accounts,
    follows,
    frozen_follows,
    frozen_notifications,
    houses,
    ids,
    judgements,
    notification_requests,
    notifications,
    posts,
    refusals,
    stranger_rates,
    wave_items,
    waves,
)
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from smallfed.text.sanitise import words

UNDOABLE = timedelta(days=3)
LEARNED = timedelta(days=30)
WATCHED = timedelta(days=2)  # how long something is remembered that nothing is like
AT_ONCE = 200  # things that are taken away in one transaction
LAST = 5  # of what is released, that is streamed and pushed one by one
SAMPLES, LENGTH = 5, 500  # things that are shown of a wave, and characters of each


class Box(Struct, frozen=True, kw_only=True):
    """What waits for the owner's look: what of strangers is held, and what rules hold (lines of the ledger)."""

    waves: list[Wave]
    refused: list[Refusal]


def box(tx: Tx, *, limit: int = 200) -> Box:
    """Return what waits, the latest first."""
    return Box(waves=waves.waiting(tx, limit=limit), refused=refusals.newest(tx, Which(held=True), limit=limit))


def counts(tx: Tx) -> tuple[int, int]:
    """Return (how many waves wait, how many single things do)."""
    found = waves.waiting(tx)
    together = sum(wave.state is State.OPEN for wave in found)
    return together, len(found) - together


class Shown(Struct, frozen=True, kw_only=True):
    """One thing of a wave, to be shown. ``text`` is plain; ``reason``: why the owner was not told of it."""

    type: str
    handle: str
    url: str
    text: str
    reason: str


def show(tx: Tx, wave: Wave, *, limit: int = SAMPLES) -> list[Shown]:
    """Return the first things of a wave."""
    found = wave_items.items(tx, wave.id, limit=limit, shown=True)
    people = accounts.several(tx, {item.account_id for item in found})
    written = posts.several(tx, {item.post_id for item in found if item.post_id is not None})
    return [_shown(tx, wave, item, people[item.account_id], written.get(item.post_id or 0)) for item in found]


def _shown(tx: Tx, wave: Wave, item: Item, account: Account, post: Post | None) -> Shown:
    said = [] if post is None else judgements.of(tx, post.id)
    held = [one.reason for one in said if one.rule.startswith(STRANGERS)]
    address = account.url or account.uri if post is None else post.url or post.uri
    text = account.note if post is None else post.content
    reason = (held[-1] if held else wave.reason) if item.held else ""
    return Shown(type=item.type, handle=account.handle, url=address, text=words(text)[:LENGTH], reason=reason)


# Releasing ------------------------------------------------------------------------------------------------------------
def release(tx: Tx, number: int) -> Wave:
    """Let a wave notify: what is in it, and what comes that is like it. NotFound; Conflict where that is so already.

    It stands among the notifications where it came; apps are told that there is more, and of the last as if they came.
    """
    wave = _undecided(tx, number)
    told = [item for item in wave_items.items(tx, wave.id) if item.held]
    heard = wave_items.admit(tx, wave.id)
    for account in dict.fromkeys(item.account_id for item in told):
        notification_requests.sweep(tx, account)
        said = (item.post_id for item in told if item.account_id == account and item.type == "mention")
        tx.announce(NotificationsMerged(account=account, mentions=tuple(post for post in said if post is not None)))
    for host in {account.host for account in accounts.several(tx, {item.account_id for item in told}).values()}:
        overrunning.acquit(tx, host)
    if wave.kind is Kind.ALIKE and wave.accounts == 1 and told:
        notification_requests.permit(tx, told[0].account_id)
    for notification in heard[-LAST:]:
        tx.announce(NotificationMade(notification=notification))
    return _decide(tx, wave, State.RELEASED)


def _undecided(tx: Tx, number: int) -> Wave:
    wave = waves.get(tx, number)
    if wave.state in (State.BINNED, State.RELEASED):
        back = "; `smallfed review undo` brings it back" if wave.state is State.BINNED else ""
        raise Conflict(f"{number} is {wave.state.value} already{back}")
    return wave


def _decide(tx: Tx, wave: Wave, state: State) -> Wave:
    wave_items.hold_all(tx, wave.id, held=False)
    waves.unlearn_words(tx, wave.id)  # which are too little to keep others out by, or to let them in
    waves.change(tx, wave.id, state=state, name=None, decided_at=tx.now)
    collapsing.say(tx)
    return waves.get(tx, wave.id)


# Binning --------------------------------------------------------------------------------------------------------------
def bin_(tx: Tx, number: int) -> Wave:
    """Take a wave away: what is in it, and what comes that is like it. NotFound; Conflict where that is so already."""
    wave = _undecided(tx, number)
    found = wave_items.items(tx, wave.id)
    for item in found:
        if item.type in wave_items.FOLLOWS:
            _put_follow_away(tx, wave, item)
    wave_items.take_away(tx, wave.id, wave.rule)
    for account in dict.fromkeys(item.account_id for item in found):
        notification_requests.sweep(tx, account)
    return _decide(tx, wave, State.BINNED)


def _put_follow_away(tx: Tx, wave: Wave, item: Item) -> None:
    known = follows.find(tx, item.account_id, houses.owner_id(tx))
    if known is not None and not known.frozen and known.accepted is (item.type == "follow"):
        follows.drop(tx, known.id)
        wave_items.put_away(tx, wave.id, item, known.uri)


def undo(tx: Tx, number: int) -> Wave:
    """Bring back what was binned: it waits again. NotFound; Conflict when it was not binned, or too long ago."""
    wave = waves.get(tx, number)
    if wave.state is not State.BINNED or wave.decided_at is None:
        raise Conflict(f"{number} was not binned")
    if wave.decided_at <= tx.now - UNDOABLE:
        raise Conflict(f"{number} was binned more than {UNDOABLE.days} days ago: what was in it is gone")
    wave_items.let_go(tx, wave.id)
    for item in wave_items.items(tx, wave.id):
        _bring_back(tx, wave, item)
    for host in wave_items.hosts_cut_off(tx, wave.id):
        frozen_follows.freeze(tx, host)
        frozen_notifications.freeze(tx, host)
    wave_items.hold_all(tx, wave.id, held=True)
    waves.change(tx, wave.id, state=State.OPEN if wave.items > 1 else State.WATCHED, decided_at=None)
    collapsing.say(tx)
    return waves.get(tx, wave.id)


def _bring_back(tx: Tx, wave: Wave, item: Item) -> None:
    owner = houses.owner_id(tx)
    if item.follow is not None:
        wave_items.put_away(tx, wave.id, item, None)
        if follows.find(tx, item.account_id, owner) is not None:
            return  # they have asked again
        follow = Follow(
            id=ids.fresh(tx, "follows"),
            follower_id=item.account_id,
            target_id=owner,
            uri=item.follow,
            accepted=item.type == "follow",
            created_at=tx.now,
        )
        follows.put(tx, follow)
    notifications.put(tx, item.type, item.account_id, item.post_id, filtered=True)
    notification_requests.note(tx, item.type, item.account_id)


def unlearn(tx: Tx, number: int) -> Wave:
    """Judge what comes by itself again, whatever decided wave it is like. NotFound; Conflict where none was decided."""
    wave = waves.get(tx, number)
    if wave.decided_at is None:
        raise Conflict(f"{number} is not decided: `smallfed review release {number}` or `smallfed review bin {number}`")
    waves.unlearn(tx, number)
    return waves.get(tx, number)


# What the hours bring -------------------------------------------------------------------------------------------------
def finish(tx: Tx) -> int:
    """Take away for good some of what was binned, but for what the owner has liked, kept or answered; how much went."""
    before = tx.now - UNDOABLE
    spent = wave_items.spent(tx, before, limit=AT_ONCE)
    for item in spent:
        if item.post_id is not None:
            _remove(tx, item.post_id)
        elif item.type == "follow" and item.follow is not None:
            _answer(tx, item.account_id, item.follow)
    wave_items.drop(tx, spent)
    return len(spent)


def _answer(tx: Tx, follower: int, follow: str) -> None:
    """Refuse a follow that was binned; but whom the owner has come to follow is let in."""
    if follows.has(tx, houses.owner_id(tx), follower):
        admitting.gain(tx, accounts.get(tx, follower), follow=follow)
    else:
        tx.announce(FollowRefused(follower=follower, uri=follow))


def _remove(tx: Tx, number: int) -> None:
    post = posts.find(tx, number)
    if post is not None:
        boosts = posts.drop(tx, post.id)
        tx.announce(PostDeleted(post=post.id, uri=post.uri, local=False, account=post.account_id, boosts=boosts))


def forget(tx: Tx) -> int:
    """Forget what nothing was like for long, and what was learned long ago; return how many waves went."""
    calming.over(tx)
    stranger_rates.expire(tx)
    return waves.expire(tx, watched=WATCHED, learned=LEARNED)
