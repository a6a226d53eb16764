"""Withdrawing: what the owner was told of is taken back, and waits as if it had been held at once.

Spec: SAFETY §5.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.events import NotificationFiltered
from smallfed.domain.notification import SPOKEN, Notification
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import Item, Kind, State, Wave
from smallfed.policy.strangers import is_young
from smallfed.services import collapsing, overrunning
from smallfed.services.relating import is_nobody
from smallfed.store import (
    accounts,
    fetches,
    ids,
    judgements,
    notification_requests,
    notifications,
    posts,
    wave_items,
    waves,
)
from smallfed.store.tx import Tx

LATELY = timedelta(days=1)
ALONG = "It is by somebody of whom other things wait for you."
OVERRUN = "It says nothing, and comes from a server of which you hear little else than waves."


def hush(tx: Tx, post: int, wave: Wave, reason: str) -> None:
    """Let a post notify nobody, for a reason that is kept with it; what it made us ask for is not asked."""
    _judge(tx, post, wave, reason, Action.HUSH)


def keep_from_view(tx: Tx, post: int, wave: Wave, reason: str) -> None:
    """Let a post stand in no public view, too."""
    _judge(tx, post, wave, reason, Action.HUSH, Action.HIDE)


def _judge(tx: Tx, post: int, wave: Wave, reason: str, *actions: Action) -> None:
    judgements.add(tx, post, [Verdict(action, reason, wave.rule) for action in actions])
    fetches.drop(tx, posts.get(tx, post).uri, "conversation", "quote")


def withdraw(tx: Tx, wave: Wave, why: str) -> None:
    """Take back what the owner was told of what is a wave now, and what else those in it did lately."""
    found = wave_items.items(tx, wave.id)
    for item in found:
        if not item.held:
            _take_back(tx, wave, item, why)
        elif item.post_id is not None and item.type in SPOKEN:
            keep_from_view(tx, item.post_id, wave, why)
    wave_items.hold_all(tx, wave.id, held=True)
    waves.change(tx, wave.id, state=State.OPEN, reason=why)
    for number in dict.fromkeys(item.account_id for item in found):
        implicate(tx, waves.get(tx, wave.id), accounts.get(tx, number))
    collapsing.tell(tx, waves.get(tx, wave.id))


def _take_back(tx: Tx, wave: Wave, item: Item, why: str) -> None:
    number = notifications.withhold(tx, item.type, item.account_id, item.post_id)
    if item.post_id is not None and item.type in SPOKEN:
        keep_from_view(tx, item.post_id, wave, why)
    if number is not None:
        notification_requests.note(tx, item.type, item.account_id)
        tx.announce(NotificationFiltered(notification=number))


def implicate(tx: Tx, wave: Wave, account: Account) -> Wave:
    """Let what somebody did lately wait with the rest of it, which is in a wave; return the wave as it is then.

    Where most strangers of their server are in waves by now, what these did without a word waits, too.
    """
    wave = bring_along(tx, wave, account)
    says_new = wave.kind is Kind.NEW and is_young(account.published_at, tx.now)  # no more than that
    if not says_new and overrunning.implicate(tx, account):
        _overrun(tx, account.host)
    return wave


def _overrun(tx: Tx, host: str) -> None:
    """Take back what the owner was told of strangers of a server who said nothing."""
    found = strangers(tx, notifications.told(tx, _lately(tx), host=host), silent=True)
    if found:
        wave = waves.begin(tx, Kind.OVERRUN, name=Kind.OVERRUN, state=State.OPEN)
        collapsing.tell(tx, bring(tx, wave, found, OVERRUN))


def strangers(tx: Tx, told: Iterable[Notification], *, silent: bool = False) -> list[Notification]:
    """Return what of this is by strangers; with ``silent`` only where they said nothing."""
    found = [one for one in told if not (silent and one.type in SPOKEN)]
    nobodies = {number for number in {one.account_id for one in found} if is_nobody(tx, number)}
    return [one for one in found if one.account_id in nobodies]


def bring_along(tx: Tx, wave: Wave, account: Account, why: str = ALONG) -> Wave:
    """Let what the owner was told of somebody lately lie in a wave that waits; return the wave as it is then."""
    return bring(tx, wave, notifications.told(tx, _lately(tx), account=account.id), why)


def bring(tx: Tx, wave: Wave, told: Sequence[Notification], why: str) -> Wave:
    """Let what the owner was told of lie in a wave that waits; return the wave as it is then."""
    people = accounts.several(tx, {one.account_id for one in told})
    for one in told:
        item = Item(type=one.type, account_id=one.account_id, post_id=one.post_id, at=one.created_at, held=True)
        wave_items.drop(tx, [item])
        wave = wave_items.add(tx, wave, item, people[one.account_id].host, points=0, reason=why)
        _take_back(tx, wave, item, why)
    return wave


def _lately(tx: Tx) -> int:
    return ids.least_short(tx.now - LATELY)
