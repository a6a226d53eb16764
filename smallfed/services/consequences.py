"""Consequences: what follows from each event, as rows in the same transaction: deliveries, notifications, fetches.

Spec: PROTOCOL §6.1 (recipients), CLIENT_API §7 (notifications).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.account import Account
from smallfed.domain.events import DeliveriesQueued, Event, FetchQueued
from smallfed.domain.house import House
from smallfed.domain.post import Post, Visibility
from smallfed.protocol.emitted import Activity
from smallfed.services import notifying, rendering
from smallfed.store import accounts, bodies, fetches, follows, houses, mentions, posts, recipients
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward

FETCHED = 25  # people and posts that one post may make us look for


def follow(tx: Tx, event: Event) -> None:
    """Write down what follows from ``event``; of many, nothing does."""
    then = TABLE.get(type(event))
    if then is not None:
        then(tx, event)


# Posts of ours --------------------------------------------------------------------------------------------------------
def _publish(tx: Tx, event: events.PostPublished) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    _send(tx, rendering.activity(tx, house, post), _audience(tx, post, [post.in_reply_to_account_id]), post=post.id)


def _edit(tx: Tx, event: events.PostEdited) -> None:
    if not event.local:
        return _tell_edit(tx, event)
    post, house = posts.get(tx, event.post), houses.get(tx)
    note = rendering.note(tx, house, post)
    create = outward.create(house, note)
    renewed = bodies.put(tx, activity=str(create.id), type_="Create", body=outward.body(create), post=post.id)
    if not recipients.renew(tx, post.id, "Create", by=renewed):
        bodies.drop(tx, renewed)
    update = outward.update_note(house, note)
    body = _send(tx, update, _audience(tx, post, recipients.concerned(tx, post.id)), post=post.id)
    recipients.supersede(tx, post.id, ["Update"], by=body)
    return None


def _audience(tx: Tx, post: Post, others: list[int | None] | list[int]) -> Recipients:
    """Return who gets a post of ours. ``others`` only get what is for everybody."""
    people = [account.id for account in mentions.of_post(tx, post.id, silent=True)]
    if post.visibility is Visibility.DIRECT:
        return Recipients(accounts=people, personal=True)
    if post.visibility in (Visibility.PUBLIC, Visibility.UNLISTED):
        people += [account for account in others if account is not None]
    return Recipients(followers=True, accounts=people)


def _delete(tx: Tx, event: events.PostDeleted) -> None:
    if not event.local:
        return
    house = houses.get(tx)
    recipients.supersede(tx, event.post, ["Create", "Update", "Add", "Remove"])
    _send(
        tx,
        outward.delete_note(house, event.uri, addressed=event.audience),
        Recipients(followers=house.followers in event.audience, inboxes=event.inboxes),
        post=event.post,
    )


# Boosts and likes -----------------------------------------------------------------------------------------------------
def _boost(tx: Tx, event: events.PostBoosted) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    if event.local:
        announce = rendering.activity(tx, house, posts.get(tx, event.boost))
        _send(tx, announce, Recipients(followers=True, accounts=[post.account_id]), post=event.boost)
    elif post.local:
        notifying.tell(tx, "reblog", event.account, post.id)


def _unboost(tx: Tx, event: events.BoostUndone) -> None:
    if not event.local:
        return
    post, house = posts.get(tx, event.post), houses.get(tx)
    author = accounts.get(tx, post.account_id)
    wrapper = Post(
        id=event.boost,
        uri=event.uri,
        account_id=event.account,
        local=True,
        kind="Announce",
        boost_of_id=post.id,
        visibility=event.visibility,
        published_at=tx.now,
        received_at=tx.now,
    )
    recipients.take_back(tx, event.uri)
    undo = outward.undo(outward.announce(house, wrapper, post=post.uri, author=author.uri))
    _send(tx, undo, Recipients(followers=True, accounts=[author.id]), post=event.boost)


def _like(tx: Tx, event: events.PostLiked) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    if event.local:
        author = accounts.get(tx, post.account_id)
        uri = house.thing("likes", event.like)
        recipients.supersede(tx, post.id, ["Undo"])  # an earlier Undo, heard late, would take this one back
        _send_to(tx, outward.like(house, uri=uri, post=post.uri, author=author.uri), author, post=post.id)
    else:
        notifying.tell(tx, "favourite", event.account, post.id)


def _unlike(tx: Tx, event: events.LikeUndone) -> None:
    if not event.local:
        return
    post, house = posts.get(tx, event.post), houses.get(tx)
    author = accounts.get(tx, post.account_id)
    _undo(tx, outward.like(house, uri=event.uri, post=post.uri, author=author.uri), author, post=post.id)


def _feature(tx: Tx, event: events.PostPinned | events.PostUnpinned) -> None:
    """Tell of a pin; of what the featured collection does not show nobody hears."""
    post, house = posts.get(tx, event.post), houses.get(tx)
    if post.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED):
        return
    make, late = (outward.add, "Remove") if isinstance(event, events.PostPinned) else (outward.remove, "Add")
    recipients.supersede(tx, post.id, [late])
    activity = make(house, uri=f"{post.uri}#pins/{tx.new_id()}", post=post.uri)
    _send(tx, activity, Recipients(followers=True), post=post.id)


# Posts of others ------------------------------------------------------------------------------------------------------
def _receive(tx: Tx, event: events.PostReceived) -> None:
    if not event.fresh:
        return
    post, owner = posts.get(tx, event.post), houses.owner_id(tx)
    if mentions.find(tx, post.id, owner) is False:
        notifying.tell(tx, "mention", post.account_id, post.id)
    elif _asked_to_hear(tx, post, owner):
        notifying.tell(tx, "status", post.account_id, post.id)
    missing = [] if post.in_reply_to is None or post.in_reply_to_id is not None else [post.in_reply_to]
    missing += mentions.unknown(tx, post.id)
    asked = [fetches.put(tx, uri) for uri in missing[:FETCHED]]
    if any(asked):
        tx.announce(FetchQueued())


def _asked_to_hear(tx: Tx, post: Post, owner: int) -> bool:
    """Whether the owner wants to be told of everything that this author says (not: answers to others)."""
    known = follows.find(tx, owner, post.account_id)
    answer = post.in_reply_to is not None and post.in_reply_to_account_id != post.account_id
    return known is not None and known.accepted and known.notify and post.in_home and not answer


def _tell_named(tx: Tx, event: events.OwnerNamed) -> None:
    notifying.tell(tx, "mention", posts.get(tx, event.post).account_id, event.post)


def _tell_edit(tx: Tx, event: events.PostEdited) -> None:
    post, owner = posts.get(tx, event.post), houses.owner_id(tx)
    if posts.find_boost(tx, post.id, owner) is not None:
        notifying.tell(tx, "update", post.account_id, post.id)


# Follows --------------------------------------------------------------------------------------------------------------
def _ask_owner(tx: Tx, event: events.FollowRequested) -> None:
    notifying.tell(tx, "follow_request", event.follower)


def _accept(tx: Tx, event: events.FollowAccepted) -> None:
    house, follower = houses.get(tx), accounts.get(tx, event.follower)
    uri = house.thing("accepts", tx.new_id())
    recipients.overrule(tx, follower.inbox, ["Reject"])
    _send_to(tx, outward.accept_follow(house, uri=uri, follow=event.uri, follower=follower.uri), follower)
    if not event.again:
        notifying.tell(tx, "follow", follower.id)


def _refuse(tx: Tx, event: events.FollowRefused) -> None:
    house, follower = houses.get(tx), accounts.get(tx, event.follower)
    uri = house.thing("rejects", tx.new_id())
    recipients.overrule(tx, follower.inbox, ["Accept"])
    _send_to(tx, outward.reject_follow(house, uri=uri, follow=event.uri, follower=follower.uri), follower)


def _ask(tx: Tx, event: events.FollowSent) -> None:
    target, house = accounts.get(tx, event.target), houses.get(tx)
    recipients.overrule(tx, target.inbox, ["Undo"], about=f"{house.base}/follows/")
    _send_to(tx, outward.follow(house, uri=event.uri, target=target.uri), target)


def _withdraw(tx: Tx, event: events.FollowWithdrawn) -> None:
    target = accounts.get(tx, event.target)
    _undo(tx, outward.follow(houses.get(tx), uri=event.uri, target=target.uri), target)


# Distance -------------------------------------------------------------------------------------------------------------
def _block(tx: Tx, event: events.AccountBlocked) -> None:
    target = accounts.get(tx, event.target)
    _send_to(tx, outward.block(houses.get(tx), uri=event.uri, target=target.uri), target)


def _unblock(tx: Tx, event: events.AccountUnblocked) -> None:
    target = accounts.get(tx, event.target)
    _undo(tx, outward.block(houses.get(tx), uri=event.uri, target=target.uri), target)


# The owner ------------------------------------------------------------------------------------------------------------
def _change_profile(tx: Tx, _event: events.ProfileChanged) -> None:
    house: House = houses.get(tx)
    recipients.overrule(tx, None, ["Update"], about=f"{house.actor}#updates/")
    update = outward.update_actor(house, rendering.actor(tx, house), at=tx.now)
    _send(tx, update, Recipients(followers=True, following=True))


# Sending --------------------------------------------------------------------------------------------------------------
def _send_to(tx: Tx, activity: Activity, account: Account, *, post: int | None = None) -> None:
    """Send what is between two actors only, whatever stands between them."""
    _send(tx, activity, Recipients(accounts=[account.id], personal=True, regardless=True), post=post)


def _undo(tx: Tx, activity: Activity, account: Account, *, post: int | None = None) -> None:
    """Take back what was sent to ``account``, or still waits to be."""
    recipients.take_back(tx, activity.id)
    _send_to(tx, outward.undo(activity), account, post=post)


def _send(tx: Tx, activity: Activity, to: Recipients, *, post: int | None = None) -> int:
    """Render ``activity`` once and queue it; ``post`` is what it is about. Return its body's number."""
    body = bodies.put(tx, activity=str(activity.id), type_=activity.type, body=outward.body(activity), post=post)
    hosts = recipients.put(tx, body, to)
    if hosts:
        tx.announce(DeliveriesQueued(hosts=hosts))
    else:
        bodies.drop(tx, body)
    return body


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostPublished: _publish,
    events.PostEdited: _edit,
    events.PostDeleted: _delete,
    events.PostBoosted: _boost,
    events.BoostUndone: _unboost,
    events.PostLiked: _like,
    events.LikeUndone: _unlike,
    events.PostPinned: _feature,
    events.PostUnpinned: _feature,
    events.PostReceived: _receive,
    events.OwnerNamed: _tell_named,
    events.FollowRequested: _ask_owner,
    events.FollowAccepted: _accept,
    events.FollowRefused: _refuse,
    events.FollowSent: _ask,
    events.FollowWithdrawn: _withdraw,
    events.AccountBlocked: _block,
    events.AccountUnblocked: _unblock,
    events.ProfileChanged: _change_profile,
}
