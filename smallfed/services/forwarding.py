"""Forwarding: answers to our posts, and their edits and ends, go on to our followers, who would not see them else.

They go as they came, to the last bit, and only where they carry what lets others believe them without us. What was
itself handed over to us is not handed on.

Spec: ActivityPub §7.1.2; PROTOCOL §4.12; SAFETY rules 19, 25.
"""

from collections.abc import Callable

from msgspec import Struct

from smallfed.domain.events import DeliveriesQueued, Event, PostDeleted, PostEdited, PostReceived
from smallfed.domain.incoming import Create, Incoming, IncomingPost, UpdatePost
from smallfed.domain.post import Post, Visibility
from smallfed.domain.uris import host, same_origin
from smallfed.policy import forwarding
from smallfed.protocol.envelope import is_vouched
from smallfed.store import accounts, bodies, forwards, houses, posts, recipients
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx


class Came(Struct, frozen=True, kw_only=True):
    """An activity that its own actor has sent us. ``body`` reads the bytes."""

    activity: str
    type: str
    actor: str
    body: Callable[[], bytes]


class _Reason(Struct, frozen=True, kw_only=True):
    post: int
    thread: int


def pass_on(tx: Tx, came: Came, incoming: Incoming) -> None:
    """Queue ``came`` for our followers if what it has just changed here (``tx.announced``) concerns them."""
    if isinstance(incoming, Create | UpdatePost) and not _could_be(tx, incoming.post):
        return
    reasons = [reason for event in tx.announced if (reason := _reason(tx, event, incoming)) is not None]
    if not reasons or not forwarding.affordable(forwards.spent(tx, reasons[0].thread)):
        return
    body = came.body()
    if (
        len(body) > forwarding.LONGEST
        or not is_vouched(body)
        or not forwards.put(tx, came.activity, actor=came.actor, thread=reasons[0].thread)
    ):
        return
    number = bodies.put(tx, activity=came.activity, type_=came.type, body=body, post=reasons[0].post)
    hosts = recipients.put(tx, number, Recipients(followers=True, without=_had(came.actor, incoming)))
    if hosts:
        tx.announce(DeliveriesQueued(hosts=hosts))
    else:
        bodies.drop(tx, number)


def _could_be(tx: Tx, post: IncomingPost) -> bool:
    """Whether it is worth a look: of what arrives, nearly nothing is."""
    owner = accounts.owner(tx)
    if post.in_reply_to is not None and same_origin(post.in_reply_to, owner.uri):
        return True
    return owner.followers in post.to or owner.followers in post.cc


def _reason(tx: Tx, event: Event, incoming: Incoming) -> _Reason | None:
    match event:
        case PostReceived(post=number, fresh=True) | PostEdited(post=number, local=False):
            post = posts.get(tx, number)
            answered = None if post.in_reply_to_id is None else posts.find(tx, post.in_reply_to_id)
            if forwarding.is_for_followers(post, answered, _addressed(incoming), houses.get(tx).followers):
                return _Reason(post=number, thread=post.in_reply_to_id or 0)
        case PostDeleted(post=number, local=False, shown_by_us=True):
            return _Reason(post=number, thread=0)
        case _:
            pass
    return None


def _addressed(incoming: Incoming) -> tuple[str, ...]:
    return (*incoming.post.to, *incoming.post.cc) if isinstance(incoming, Create | UpdatePost) else ()


def _had(actor: str, incoming: Incoming) -> set[str]:
    """Return the hosts that have it from its own server: that one, and those of whom it addresses."""
    return {name for uri in (actor, *_addressed(incoming)) if (name := host(uri)) is not None}


def shown_by_us(tx: Tx, post: Post) -> bool:
    """Whether our followers may have somebody else's post by us: it answered one of ours, or the owner boosted it."""
    if post.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED):
        return False
    answered = None if post.in_reply_to_id is None else posts.find(tx, post.in_reply_to_id)
    answers = forwarding.is_for_followers(post, answered, (), "")
    return answers or posts.find_boost(tx, post.id, houses.owner_id(tx)) is not None
