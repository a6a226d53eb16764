"""What a post of somebody else makes us ask others for: what it answers, whom it names, its page, its conversation.

What is kept back from the owner makes us ask nobody, until the owner wants to hear of it.

Spec: SAFETY §5; PROTOCOL §4.12.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event, FetchQueued
from smallfed.domain.post import Post
from smallfed.services import carding, quoting, screening
from smallfed.services.consequences import conversations
from smallfed.store import fetches, mentions, posts
from smallfed.store.tx import Tx

FETCHED = 25  # people and posts that one post may make us look for


def _receive(tx: Tx, event: events.PostReceived) -> None:
    post = posts.get(tx, event.post)
    if event.fresh and not screening.keeps_back(tx, post):
        _seek(tx, post)


def _hear(tx: Tx, event: events.NotificationsMerged) -> None:
    for number in event.mentions:
        post = posts.get(tx, number)
        _seek(tx, post)
        quoting.look(tx, post)


def _seek(tx: Tx, post: Post) -> None:
    carding.receive(tx, post)
    missing = [] if post.in_reply_to is None or post.in_reply_to_id is not None else [post.in_reply_to]
    missing += mentions.unknown(tx, post.id)
    asked = [fetches.put(tx, uri) for uri in missing[:FETCHED]]
    if any(asked):
        tx.announce(FetchQueued())
    conversations.expect(tx, post)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostReceived: _receive,
    events.NotificationsMerged: _hear,
}
