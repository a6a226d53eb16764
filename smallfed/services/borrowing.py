"""Borrowing: what people on other servers wrote before we knew them, read from their outboxes and given back later.

Spec: PROTOCOL §4.14; RULINGS 12. Nobody is told of what is borrowed, and it does not come into the home timeline.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.incoming import Announce, Create, IncomingPost, Shown
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy import pasts as rules
from smallfed.policy.pasts import Known
from smallfed.services import boosting, grouping, receiving, revising, sorting
from smallfed.services.receiving import BORROWED
from smallfed.store import accounts, follows, forgetting, houses, pasts, posts
from smallfed.store.moments import ms
from smallfed.store.pasts import Past
from smallfed.store.tx import Tx

SLICE = 200  # posts given back in one transaction


class Turned(Struct, frozen=True, kw_only=True):
    """A page of an outbox that was read: the publications on it, in its order, and how many posts were ``new``.

    It goes on at ``next``, behind the first ``skip`` things there, unless ``why`` says that it does not.
    """

    moments: Sequence[datetime] = ()
    new: int = 0
    next: str | None = None
    skip: int = 0
    why: str | None = None


def known(tx: Tx, account: Account) -> Known:
    """Return how much of what an account wrote is here."""
    past, since = pasts.find(tx, account.id), _sent_since(tx, account.id)
    if account.local or account.outbox is None:
        return Known(ended=True, sent=True)
    if past is None:
        return Known(floor=_id(since), sent=since is not None)
    joins = since is None or (past.head_at is not None and past.head_at >= since)  # no gap before what is sent to us
    moments = [moment for moment in (since, past.reached if joins else None) if moment is not None]
    return Known(
        floor=_id(min(moments, default=None)),
        ended=joins and past.ended is not None,
        sent=since is not None,
        head_at=past.head_at,
    )


def _sent_since(tx: Tx, account: int) -> datetime | None:
    """Return since when all that an account writes is sent to us and still here; None: it is not."""
    follow = follows.find(tx, houses.owner_id(tx), account)
    if follow is None or not follow.accepted:
        return None
    gone = forgetting.before(tx, account)
    return follow.created_at if gone is None else max(follow.created_at, gone)


def _id(moment: datetime | None) -> int | None:
    return None if moment is None else ms(moment) << 16


def take(tx: Tx, account: int, said: Create | Announce | Shown) -> bool | Need | Refused:
    """Store what ``account`` said by their outbox; False when it was here already.

    That it stood there is *not* checked here.
    """
    if isinstance(said, Shown):
        return _take_shown(tx, account, said.post)
    if isinstance(said, Create):
        stored = posts.find_uri(tx, said.post.uri)
        if stored is not None:
            revising.revise(tx, said.post)
            return False
        outcome: Post | Need | Refused = receiving.receive(tx, said.post, BORROWED)
    else:
        original = posts.find_uri(tx, said.object)
        if original is not None and posts.find_boost(tx, original.id, account) is not None:
            return False
        outcome = boosting.receive_boost(tx, said, fresh=False, dated=True)
    if not isinstance(outcome, Post):
        return outcome
    pasts.borrow(tx, account, outcome.id)
    return True


def _take_shown(tx: Tx, account: int, post: IncomingPost) -> bool | Need | Refused:
    """Store what somebody has posted in the group ``account``, and that the group shows it."""
    group, known = accounts.get(tx, account), posts.find_uri(tx, post.uri)
    stored = known or receiving.receive(tx, post, structs.replace(BORROWED, group=group))
    if not isinstance(stored, Post):
        return stored
    if known is None:
        pasts.borrow(tx, account, stored.id)
    announce = grouping.announcement(group, stored)
    return Refused("The group does not show it.") if announce is None else take(tx, account, announce)


def turn(tx: Tx, account: int, past: Past | None, page: Turned) -> None:
    """Note that a page of the outbox of ``account`` was read: the one that ``past`` names, or without it the first.

    Does nothing when somebody has begun anew meanwhile.
    """
    stored = pasts.find(tx, account)
    if past is None:
        pasts.put(tx, _begun(tx, account, stored, page))
    elif stored == past:
        pasts.put(tx, _gone_on(tx, past, page))


def _begun(tx: Tx, account: int, before: Past | None, page: Turned) -> Past:
    """Begin anew; but where the page meets what was read before, what we know of the rest stays."""
    known = None if before is None else before.newest
    newest = max([*page.moments, *([] if known is None else [known])], default=None)
    if before is not None and rules.meets(page.moments, known):
        return structs.replace(before, newest=newest, head_at=tx.now, looked_at=tx.now)
    return Past(
        account_id=account,
        next=page.next,
        skip=page.skip,
        newest=newest,
        reached=rules.reached(page.moments),
        ended=page.why,
        head_at=tx.now,
        looked_at=tx.now,
    )


def _gone_on(tx: Tx, past: Past, page: Turned) -> Past:
    reached = rules.deeper(past.reached, page.moments)
    barren = 0 if page.new or reached != past.reached else past.barren + 1
    return structs.replace(
        past,
        next=page.next,
        skip=page.skip,
        reached=reached,
        barren=barren,
        ended=page.why or ("it leads nowhere" if barren >= rules.BARREN else None),
        looked_at=tx.now,
    )


def welcome(tx: Tx, account: int) -> None:
    """Let what was read of somebody whom the owner follows come into the home timeline, the newest of it."""
    if follows.has(tx, houses.owner_id(tx), account):
        sorting.bring_home(tx, account)


def expire(tx: Tx, keep: timedelta) -> int | None:
    """Give back what was borrowed of one past into which the owner has not looked for so long.

    What matters stays, and everything of people the owner follows. Return how many posts went; None: nothing is due.
    """
    account = pasts.forgotten(tx, tx.now - keep)
    if account is None:
        return None
    if follows.find(tx, houses.owner_id(tx), account) is not None:
        pasts.looked(tx, account)
        return 0
    gone = pasts.give_back(tx, account, most=SLICE)
    if not gone:
        pasts.drop(tx, account)
        if pasts.has_borrowed(tx, account):  # it matters, for now; with gaps between it the rest begins anew
            pasts.put(tx, Past(account_id=account, looked_at=tx.now))
    return gone
