"""Pushing: notifications wait for the apps that want to hear of them, and are put into words when they are sent.

The words are English, as all that the house says; ``preferred_locale`` tells apps the owner's language, and most write
words of their own from the type.

Spec: CLIENT_API §7 (the payload); SAFETY rule 16.
"""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.copy import Subject
from smallfed.domain.events import PushQueued
from smallfed.domain.house import House
from smallfed.domain.notification import FILTERABLE, SPOKEN, Notification
from smallfed.domain.post import Post
from smallfed.domain.subscription import Subscription
from smallfed.policy.likeness import sketch
from smallfed.policy.pushing import PATIENCE, Decision, Forget, Shorten, wants
from smallfed.policy.retrying import GiveUp, Retry, Sent
from smallfed.protocol.webpush import Message
from smallfed.services import overrunning, relating, wording
from smallfed.store import (
    accounts,
    follows,
    houses,
    notifications,
    posts,
    push_subscriptions,
    pushes,
    standings,
    stranger_rates,
)
from smallfed.store.pushes import Push
from smallfed.store.tx import Tx
from smallfed.text import sanitise

BODY, TITLE = 140, 120  # characters: a line or three on a locked screen
ICON = 1024  # characters of an address; a longer one is left out
UNSUSPECTED = 2  # pushes an hour of what strangers do, which go out at once
SUSPENSE = timedelta(minutes=15)  # that later ones wait: most of a wave is taken back by then
NO_FACE = "/media/avatars/missing.png"
DEFAULT_LOCALE = "en"

WORDS: Mapping[str, str] = {
    "mention": "{name} mentioned you",
    "quote": "{name} quoted your post",
    "status": "{name} has posted",
    "reblog": "{name} boosted your post",
    "follow": "{name} follows you now",
    "follow_request": "{name} asks to follow you",
    "favourite": "{name} likes your post",
    "poll": "A poll by {name} has ended",
    "update": "{name} changed a post",
    "quoted_update": "{name} changed a post that you quoted",
    "admin.report": "{name} reported something to you",
}
OWN: Mapping[str, str] = {"poll": "Your poll has ended", "admin.report": "Something was reported to you"}
"""What comes of nobody but the owner: polls of the owner's, and reports of which nobody says who made them."""
OTHERWISE = "News from {name}"


class Letter(Struct, frozen=True, kw_only=True):
    """What is sent to whom. The token in ``message`` is not in it yet."""

    subscription: Subscription
    message: Message


# Who is told ----------------------------------------------------------------------------------------------------------
def queue(tx: Tx, notification: int) -> None:
    """Let every app that wants to hear of a notification be told."""
    subscriptions = push_subscriptions.every(tx)
    told = notifications.find(tx, notification) if subscriptions else None
    if told is None:
        return
    owner = houses.owner_id(tx)
    followed, follower = follows.has(tx, owner, told.account_id), follows.has(tx, told.account_id, owner)
    wanting = [
        one.id
        for one in subscriptions
        if wants(one.alerts, one.policy, told.type, followed=followed, follower=follower)
    ]
    after = _hesitation(tx, told) if wanting else timedelta(0)
    queued = [pushes.put(tx, one, told.id, after=after) for one in wanting]
    if any(queued):
        tx.announce(PushQueued())


def _hesitation(tx: Tx, told: Notification) -> timedelta:
    """Return how long a push waits: where strangers come one after the other, until it is seen what they are."""
    if told.type not in FILTERABLE or told.created_at < tx.now or not relating.is_nobody(tx, told.account_id):
        return timedelta(0)
    return SUSPENSE if stranger_rates.count(tx, "pushed") > UNSUSPECTED else timedelta(0)


# What they are told ---------------------------------------------------------------------------------------------------
def compose(tx: Tx, push: Push) -> Letter | None:
    """Put a push into words; None when it is not wanted any more, or there is nothing left to tell."""
    subscription = push_subscriptions.find(tx, push.subscription_id)
    told = notifications.find(tx, push.notification_id)
    if subscription is None or told is None or not pushes.is_there(tx, push) or _is_drowned(tx, told):
        return None
    account = accounts.find(tx, told.account_id)
    post = None if told.post_id is None else _seen(tx, told.post_id)
    if account is None or (told.post_id is not None and post is None):
        return None
    return Letter(subscription=subscription, message=_message(tx, houses.get(tx), told, account, post))


def _is_drowned(tx: Tx, told: Notification) -> bool:
    """Whether no phone rings for it: it is by a stranger on a doubtful server, and says too little to be told apart."""
    if told.type not in FILTERABLE or not relating.is_nobody(tx, told.account_id):
        return False
    account = accounts.get(tx, told.account_id)
    post = None if told.post_id is None or told.type not in SPOKEN else posts.find(tx, told.post_id)
    if post is not None and sketch(wording.said_in(tx, post, account)).tells:
        return False
    return overrunning.is_doubtful(tx, account.host)


def _seen(tx: Tx, post: int) -> Post | None:
    """Return a post that the owner may see; of a boost what is boosted."""
    found = posts.several_visible(tx, [post], houses.owner_id(tx)).get(post)
    if found is None or found.boost_of_id is None:
        return found
    return posts.several_visible(tx, [found.boost_of_id], houses.owner_id(tx)).get(found.boost_of_id)


def _message(tx: Tx, house: House, told: Notification, account: Account, post: Post | None) -> Message:
    bare = standings.hides_pictures(tx, account.id)
    face = None if bare else account.avatar
    nobody = house.shown(house.page(NO_FACE))
    icon = nobody if face is None else house.proxied(Subject.AVATAR, account.id, face, small=True)
    text = account.note if post is None else post.summary or post.content
    name = sanitise.clean_name(account.name) or account.username
    return Message(
        access_token="",
        preferred_locale=houses.owner(tx).language or DEFAULT_LOCALE,
        notification_id=told.id,
        notification_type=told.type,
        icon=icon if len(icon) <= ICON else nobody,
        title=sanitise.cut(_title(told.type, account).format(name=name), TITLE),
        body=sanitise.cut(sanitise.plain(text), BODY),
    )


def _title(type_: str, account: Account) -> str:
    words = WORDS.get(type_, OTHERWISE)
    return OWN.get(type_, words) if account.local else words


# What came of it ------------------------------------------------------------------------------------------------------
def settle(tx: Tx, push: Push, decision: Decision) -> None:
    """Write down what came of a push. A subscription that nothing reaches any more is forgotten."""
    if not (isinstance(decision, Retry) and decision.rest):
        push_subscriptions.rest(tx, push.host, None)
    match decision:
        case Sent():
            push_subscriptions.arrived(tx, push.subscription_id)
            pushes.drop(tx, push)
        case Retry(wait=wait, why=why, rest=rest):
            pushes.postpone(tx, push, wait=timedelta(seconds=wait), why=why)
            push_subscriptions.failed(tx, push.subscription_id, patience=PATIENCE)
            if rest:
                push_subscriptions.rest(tx, push.host, tx.now + timedelta(seconds=rest))
        case GiveUp(why=why):
            pushes.give_up(tx, push, why=why)
            push_subscriptions.failed(tx, push.subscription_id, patience=PATIENCE)
        case Forget():
            push_subscriptions.drop(tx, push.subscription_id)
        case Shorten():
            raise AssertionError("what is too large is sent again first")
