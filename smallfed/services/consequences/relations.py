"""What follows from follows and blocks: who is answered, who is told.

Spec: PROTOCOL §4.3, §9.4; CLIENT_API §7 (notifications).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event, FetchQueued
from smallfed.domain.speaker import Speaker
from smallfed.services import governing, notifying
from smallfed.services.consequences.sending import say_to, send_to, undo
from smallfed.store import accounts, fetches, houses, recalls
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _ask_owner(tx: Tx, event: events.FollowRequested) -> None:
    notifying.tell(tx, "follow_request", event.follower)


def _accept(tx: Tx, event: events.FollowAccepted) -> None:
    house, follower = houses.get(tx), accounts.get(tx, event.follower)
    uri = house.thing("accepts", tx.new_id())
    recalls.overrule(tx, follower.inbox, ["Reject"])
    send_to(tx, outward.accept_follow(house, uri=uri, follow=event.uri, follower=follower.uri), follower)
    if not event.again:
        notifying.tell(tx, "follow", follower.id)


def _refuse(tx: Tx, event: events.FollowRefused) -> None:
    house, follower = houses.get(tx), accounts.get(tx, event.follower)
    uri = house.thing("rejects", tx.new_id())
    recalls.overrule(tx, follower.inbox, ["Accept"])
    reject = outward.reject_follow(house, uri=uri, follow=event.uri, follower=follower.uri)
    send_to(tx, reject, follower, last=event.last)


def _refuse_for_server(tx: Tx, event: events.ServerFollowRefused) -> None:
    house, follower = houses.get(tx), accounts.get(tx, event.follower)
    uri = house.thing("rejects", tx.new_id())
    reject = outward.reject_server_follow(uri=uri, follow=event.uri, follower=follower.uri, server=event.object)
    say_to(tx, reject, follower, speaker=Speaker.RELAY if event.object == house.relay_actor else Speaker.SERVER)


def _ask(tx: Tx, event: events.FollowSent) -> None:
    target, house = accounts.get(tx, event.target), houses.get(tx)
    recalls.overrule(tx, target.inbox, ["Undo"], about=f"{house.base}/follows/")
    send_to(tx, outward.follow(house, uri=event.uri, target=target.uri), target)
    governing.ask_who_moderates(tx, target)


def _withdraw(tx: Tx, event: events.FollowWithdrawn) -> None:
    target = accounts.get(tx, event.target)
    undo(tx, outward.follow(houses.get(tx), uri=event.uri, target=target.uri), target, last=event.last)


def _disown(tx: Tx, event: events.FollowDisowned) -> None:
    """Take back a Follow that we do not know of: who follows whom is what counts (FEP-8fcf)."""
    target, house = accounts.get(tx, event.target), houses.get(tx)
    send_to(tx, outward.undo(outward.follow(house, uri=event.uri, target=target.uri)), target)


def _read_past(tx: Tx, event: events.FollowGranted) -> None:
    """Read what was written until now: what comes from now on is sent."""
    if fetches.put(tx, accounts.get(tx, event.target).uri, kind="outbox"):
        tx.announce(FetchQueued())


# Distance ----------------------------------------------------------------------------------------------------------
def _block(tx: Tx, event: events.AccountBlocked) -> None:
    target = accounts.get(tx, event.target)
    send_to(tx, outward.block(houses.get(tx), uri=event.uri, target=target.uri), target)


def _unblock(tx: Tx, event: events.AccountUnblocked) -> None:
    target = accounts.get(tx, event.target)
    undo(tx, outward.block(houses.get(tx), uri=event.uri, target=target.uri), target)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.FollowRequested: _ask_owner,
    events.FollowAccepted: _accept,
    events.FollowRefused: _refuse,
    events.ServerFollowRefused: _refuse_for_server,
    events.FollowSent: _ask,
    events.FollowGranted: _read_past,
    events.FollowWithdrawn: _withdraw,
    events.FollowDisowned: _disown,
    events.AccountBlocked: _block,
    events.AccountUnblocked: _unblock,
}
