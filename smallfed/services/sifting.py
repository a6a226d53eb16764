"""Sifting: the first words of strangers are judged before the owner hears of them, and waves of them are seen.

What is doubtful is held: it is stored, notifies nobody, stands in no public view, and waits with its reason
(``services/reviewing``). What resembles other things lies with them; when these become a wave, what the owner was told
of is taken back, and one line is said of the whole. Who has anything to do with the owner costs nothing here.

Spec: SAFETY §5.
"""

from smallfed.domain.account import Account
from smallfed.domain.incoming import IncomingPost
from smallfed.domain.notification import FILTERABLE, SPOKEN, Handling
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.wave import Calm, Item, Kind, Limits, State
from smallfed.policy.likeness import sketch
from smallfed.policy.strangers import Relation, is_stranger, is_young, may_disturb
from smallfed.services import calming
from smallfed.services.crowding import stands
from smallfed.services.gathering import BINNED, Stranger
from smallfed.services.relating import is_nobody, relation
from smallfed.services.withdrawing import hush
from smallfed.services.wording import said_by
from smallfed.store import (
    accounts,
    calms,
    follows,
    houses,
    posts,
    stranger_rates,
    threads,
    wave_items,
    waves,
)
from smallfed.store.tx import Tx


# Notifications --------------------------------------------------------------------------------------------------------
def sift(tx: Tx, type_: str, account: int, post: int | None, handling: Handling) -> Handling:
    """Return what becomes of a notification that would be handled so: told, held, or dropped; and note what it is."""
    if type_ not in FILTERABLE or follows.has(tx, houses.owner_id(tx), account):
        return handling
    known = relation(tx, account)
    calm = _calm(tx, known, post)
    if calm is not None:
        return _held_for_calm(tx, type_, account, post, calm)
    if not is_stranger(known, tx.now):
        return handling
    return Stranger(tx, type_, accounts.get(tx, account), post, handling).judged()


def _calm(tx: Tx, known: Relation, post: int | None) -> Calm | None:
    wanted = [calm for calm in calms.every(tx) if not may_disturb(known, calm.began_at)]
    if not wanted:
        return None
    root = None if post is None else threads.top(tx, posts.get(tx, post)).id
    return next((calm for calm in wanted if calm.root in (None, root)), None)


def _held_for_calm(tx: Tx, type_: str, account: int, post: int | None, calm: Calm) -> Handling:
    reason = "You wanted calm, and they did not follow you before."
    wave = waves.begin(tx, Kind.CALM, name=calming.key(calm.root), state=State.OPEN, sample=calming.name(tx, calm.root))
    if wave_items.find(tx, type_, account, post) is None:
        item = Item(type=type_, account_id=account, post_id=post, at=tx.now, held=True)
        wave_items.add(tx, wave, item, accounts.get(tx, account).host, points=0, reason=reason)
    if post is not None and type_ in SPOKEN:
        hush(tx, post, wave, reason)
    return Handling.FILTER


# What comes of a wave that was binned ---------------------------------------------------------------------------------
def unwanted(tx: Tx, incoming: IncomingPost, author: Account) -> Verdict | None:
    """Return why a post is not let in: a stranger sends it, and it belongs to a wave that the owner has binned."""
    if follows.has(tx, houses.owner_id(tx), author.id) or not waves.is_any(tx, State.BINNED):
        return None
    if not is_nobody(tx, author.id):
        return None
    wave = waves.like(tx, sketch(said_by(incoming, author)))
    if wave is None or wave.state is not State.BINNED:
        return None
    return Verdict(Action.DROP, BINNED, wave.rule)


# Follows --------------------------------------------------------------------------------------------------------------
def floods(tx: Tx, follower: Account) -> bool:
    """Count that a stranger wants to follow the owner; whether these are too many by now to let them in unseen."""
    limits = waves.limits(tx)
    known = follows.find(tx, follower.id, houses.owner_id(tx))
    if known is not None:  # who had to ask, and asks again, is let in no sooner
        return not known.accepted and wave_items.find(tx, "follow_request", follower.id, None) is not None
    if not is_nobody(tx, follower.id):
        return False
    many = limits.follows > 0 and stranger_rates.count(tx, "follows") > limits.follows
    is_one_of_many = limits.new_accounts > 0 and is_young(follower.published_at, tx.now) and stands(tx, Kind.NEW)
    return many or is_one_of_many


# Limits ---------------------------------------------------------------------------------------------------------------
def limit(tx: Tx, wanted: Limits) -> None:
    """Hear strangers this far from now on."""
    if waves.limits(tx) != wanted:
        waves.put_limits(tx, wanted)
