"""Catching up: what was said while we were away, or by servers that do not send, is read where it was said.

Spec: PROTOCOL §6.2. What is found so counts as if it had been sent, once, and takes its place by its date.
"""

from datetime import datetime, timedelta

from msgspec import Struct, structs

from smallfed.domain.events import (
    DeliveriesQueued,
    FetchQueued,
    InboundQueued,
    ListsChanged,
    PushQueued,
    TransferQueued,
)
from smallfed.domain.incoming import Announce, Create, IncomingPost, Shown
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.policy import away
from smallfed.services import boosting, grouping, receiving, revising
from smallfed.services.receiving import MISSED
from smallfed.store import accounts, dues, farewells, follows, gaps, houses, posts
from smallfed.store.gaps import Gap
from smallfed.store.tx import Tx


class Beat(Struct, frozen=True, kw_only=True):
    """What follows from being alive: ``since`` when we were not, and how many are to be asked because of that.

    ``silent``: how many are to be asked because their servers sent nothing for long. ``near``: how much waited for a
    time that is far ahead, since the clock was wrong, and waits no longer.
    """

    since: datetime | None = None
    missed: int = 0
    silent: int = 0
    near: int = 0


def beat(tx: Tx, *, expected: timedelta, farthest: timedelta, plan: bool) -> Beat:
    """Write down that we are alive; with ``plan``, ask for what we missed if we were not alive since ``expected`` ago.

    Nothing is asked from further back than ``farthest``.
    """
    before = gaps.last_beat(tx)
    since = away.since(before, tx.now, expected=expected, farthest=farthest)
    near = _bring_near(tx, away.farthest_due(before, tx.now))
    live(tx)
    if not plan or houses.find(tx) is None or farewells.has(tx):
        return Beat(since=since, near=near)
    missed = 0 if since is None else gaps.plan_all(tx, since, due=tx.now + away.GRACE)
    is_due = gaps.ask_daily(tx, away.DAILY)
    silent = gaps.plan_silent(tx, tx.now - away.SILENT, farthest=tx.now - farthest) if is_due else 0
    return Beat(since=since, missed=missed, silent=silent, near=near)


def _bring_near(tx: Tx, farthest: datetime) -> int:
    near = dues.bring_near(tx, farthest)
    if near:
        for queue in (InboundQueued, FetchQueued, ListsChanged, PushQueued, TransferQueued):
            tx.announce(queue())
        tx.announce(DeliveriesQueued(hosts=1))
    return near


def live(tx: Tx) -> None:
    """Write down that we are alive, unless the owner has left."""
    if not farewells.has(tx):
        gaps.beat(tx)


def is_wanted(tx: Tx, gap: Gap) -> bool:
    """Whether the owner still follows whom a gap is about."""
    return follows.has(tx, houses.owner_id(tx), gap.account_id)


def take(tx: Tx, account: int, said: Create | Announce | Shown, *, since: datetime) -> bool | Need | Refused:
    """Let what ``account`` said by their outbox have the effect it would have had; False when that is not new.

    Of what is older than ``since`` only edits count. That it stood there is *not* checked here.
    """
    if isinstance(said, Shown):
        return _take_shown(tx, account, said.post, since)
    if isinstance(said, Announce):
        original = posts.find_uri(tx, said.object)
        known = None if original is None else posts.find_boost(tx, original.id, account)
        if _is_older(said.published_at, since):
            return False
        outcome: Post | Need | Refused = boosting.receive_boost(tx, said, fresh=True, dated=True)
    else:
        known = posts.find_uri(tx, said.post.uri)
        if known is not None:
            revising.revise(tx, said.post)
        if _is_older(said.post.published_at, since) or (known is not None and known.in_home):
            return False
        outcome = receiving.receive(tx, said.post, MISSED)
    return known is None if isinstance(outcome, Post) else outcome


def _take_shown(tx: Tx, account: int, post: IncomingPost, since: datetime) -> bool | Need | Refused:
    """Take in what somebody has posted in the group ``account``."""
    if _is_older(post.published_at, since):
        return False
    group, known = accounts.get(tx, account), posts.find_uri(tx, post.uri)
    stored = receiving.receive(tx, post, structs.replace(MISSED, group=group))
    announce = grouping.announcement(group, stored) if isinstance(stored, Post) else None
    outcome: Post | Need | Refused = stored
    if announce is not None:
        outcome = boosting.receive_boost(tx, announce, fresh=True, dated=True)
    return known is None if isinstance(outcome, Post) else outcome


def _is_older(published: datetime | None, since: datetime) -> bool:
    return published is not None and published < since
