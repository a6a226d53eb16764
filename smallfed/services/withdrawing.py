"""Withdrawing: what the owner was told of is taken back, and waits as if it had been held at once.

Spec: SAFETY §5.
"""

from collections.abc import Iterable
from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.events import NotificationFiltered
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import Item, Kind, State, Wave
from smallfed.services import collapsing
from smallfed.store import accounts, ids, judgements, notification_requests, notifications, wave_items, waves
from smallfed.store.judgements import STRANGERS
from smallfed.store.tx import Tx

SPOKEN = frozenset({"mention", "quote"})
SUSPECT = (Kind.ALIKE, Kind.NAMES, Kind.NEW)  # of waves that say something about whoever is in them
LATELY = timedelta(days=1)
ALONG = "It is by somebody of whom other things wait for you."


def hush(tx: Tx, post: int, wave: Wave, reason: str) -> None:
    """Let a post notify nobody, for a reason that is kept with it."""
    judgements.add(tx, post, [Verdict(Action.HUSH, reason, _rule(wave))])


def keep_from_view(tx: Tx, post: int, wave: Wave, reason: str) -> None:
    """Let a post stand in no public view, too."""
    rule = _rule(wave)
    judgements.add(tx, post, [Verdict(Action.HUSH, reason, rule), Verdict(Action.HIDE, reason, rule)])


def _rule(wave: Wave) -> str:
    return f"{STRANGERS}{wave.kind} {wave.id}"


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
        bring_along(tx, waves.get(tx, wave.id), accounts.get(tx, number))
    collapsing.tell(tx, waves.get(tx, wave.id))


def _take_back(tx: Tx, wave: Wave, item: Item, why: str) -> None:
    number = notifications.withhold(tx, item.type, item.account_id, item.post_id)
    if item.post_id is not None and item.type in SPOKEN:
        keep_from_view(tx, item.post_id, wave, why)
    if number is not None:
        if item.type in notification_requests.ADDRESSED:
            notification_requests.note(tx, item.account_id)
        tx.announce(NotificationFiltered(notification=number))


def bring_along(tx: Tx, wave: Wave, account: Account, why: str = ALONG) -> Wave:
    """Let what the owner was told of somebody lately lie in a wave that waits; return the wave as it is then."""
    for told in notifications.told(tx, ids.least_short(tx.now - LATELY), account=account.id):
        item = Item(type=told.type, account_id=account.id, post_id=told.post_id, at=told.created_at, held=True)
        wave_items.drop(tx, [item])
        wave = wave_items.add(tx, wave, item, account.host, points=0, reason=why)
        _take_back(tx, wave, item, why)
    return wave


def bring_all_along(tx: Tx, wave: Wave, people: Iterable[Account], why: str) -> Wave:
    """Do so with what is told of several people."""
    for account in people:
        wave = bring_along(tx, wave, account, why)
    return wave
