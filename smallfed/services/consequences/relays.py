"""What follows for relays: who is asked and told, and what is noted of what the owner does with what they brought.

What the owner publishes goes to those of the Mastodon kind with everybody else (``posts.audience``); those of the
other kind hear of it from our relay actor.

Spec: FEP-ae0c; PROTOCOL §7.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.relay import Style
from smallfed.domain.speaker import Speaker
from smallfed.protocol.emitted import Activity
from smallfed.services import asking
from smallfed.services.consequences.posts import is_relayed
from smallfed.services.consequences.sending import send
from smallfed.store import houses, posts, recalls, relay_days, relayed, relays
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward

_SPEAKERS = {Style.MASTODON: Speaker.SERVER, Style.LITEPUB: Speaker.RELAY}


def _ask(tx: Tx, event: events.RelayAsked) -> None:
    relay = relays.get(tx, event.relay)
    assert relay.style is not None
    assert relay.inbox is not None
    _say(tx, _follow(tx, relay.follow, relay.style, relay.actor), relay.inbox, _SPEAKERS[relay.style])


def _leave(tx: Tx, event: events.RelayLeft) -> None:
    style = Style(event.style)
    follow = _follow(tx, event.follow, style, event.actor)
    unheard = recalls.take_back(tx, follow.id)
    if not unheard:
        _say(tx, outward.undo(follow), event.inbox, _SPEAKERS[style])


def _follow(tx: Tx, uri: str, style: Style, actor: str | None) -> Activity:
    return outward.follow_relay(houses.get(tx), uri=uri, style=style, actor=actor)


def _accept(tx: Tx, event: events.RelayFollows) -> None:
    house, relay = houses.get(tx), relays.get(tx, event.relay)
    if relay.inbox is None or relay.actor is None:
        return
    accept = outward.accept_relay(
        house,
        uri=house.thing("accepts", tx.new_id()),
        follow=event.uri,
        relay=relay.actor,
        followed=event.object,
    )
    _say(tx, accept, relay.inbox, Speaker.RELAY if event.object == house.relay_actor else Speaker.SERVER)


def _say(tx: Tx, activity: Activity, inbox: str, speaker: Speaker) -> None:
    send(tx, activity, Recipients(inboxes=[inbox]), speaker=speaker)


def _announce(tx: Tx, event: events.PostPublished) -> None:
    """Let relays of the LitePub kind know of a public post; one that waits for its author's word is not public yet."""
    post = posts.get(tx, event.post)
    if not is_relayed(post) or asking.waits(tx, post.id) is not None:
        return
    inboxes = relays.inboxes(tx, Style.LITEPUB)
    if inboxes:
        announce = outward.announce_to_relays(houses.get(tx), number=post.id, post=post.uri)
        send(tx, announce, Recipients(inboxes=inboxes), post=post.id, speaker=Speaker.RELAY)


# The bill -------------------------------------------------------------------------------------------------------------
def _note(tx: Tx, post: int | None, what: str) -> None:
    relay = None if post is None else relayed.relay_of(tx, post)
    if relay is not None:
        relay_days.add(tx, relay, **{what: 1})


def _like(tx: Tx, event: events.PostLiked) -> None:
    if event.local and not event.instead:
        _note(tx, event.post, "liked")


def _boost(tx: Tx, event: events.PostBoosted) -> None:
    if event.local:
        _note(tx, event.post, "boosted")


def _bookmark(tx: Tx, event: events.PostBookmarked) -> None:
    _note(tx, event.post, "bookmarked")


def _publish(tx: Tx, event: events.PostPublished) -> None:
    _note(tx, posts.get(tx, event.post).in_reply_to_id, "answered")
    _announce(tx, event)


def _followed(tx: Tx, event: events.FollowSent) -> None:
    relay = relayed.relay_of_author(tx, event.target)
    if relay is not None:
        relay_days.add(tx, relay, followed=1)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.RelayAsked: _ask,
    events.RelayLeft: _leave,
    events.RelayFollows: _accept,
    events.PostPublished: _publish,
    events.PostLiked: _like,
    events.PostBoosted: _boost,
    events.PostBookmarked: _bookmark,
    events.FollowSent: _followed,
}
