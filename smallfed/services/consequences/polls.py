"""What follows from votes and from the ends of polls: who hears of them.

Spec: PROTOCOL §4.10, §6.1; CLIENT_API §7 (notifications).
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event, FetchQueued
from smallfed.services import notifying, rendering
from smallfed.services.consequences.posts import audience
from smallfed.services.consequences.sending import send
from smallfed.store import accounts, fetches, houses, polls, posts, recalls, votes
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _send_votes(tx: Tx, event: events.VoteCast) -> None:
    """Send each vote by itself, as everybody does, to its author's own inbox and nowhere else."""
    post, house, poll = posts.get(tx, event.post), houses.get(tx), polls.find(tx, event.post)
    if poll is None or post.local:
        return
    author = accounts.get(tx, post.account_id)
    for position in event.positions:
        vote = outward.vote(
            house,
            uri=house.thing("votes", tx.new_id()),
            question=post.uri,
            author=author.uri,
            name=poll.options[position].name,
            at=tx.now,
        )
        send(tx, vote, Recipients(accounts=[author.id], personal=True), post=post.id)


def _tell_tally(tx: Tx, event: events.PollTallied | events.PollEnded) -> None:
    """Tell whoever has the poll, and whoever voted, how it stands; what still waits to be told is out of date."""
    if not event.local:
        return
    post, house = posts.get(tx, event.post), houses.get(tx)
    update = outward.update_tally(house, rendering.note(tx, house, post), at=tx.now)
    body = send(tx, update, audience(tx, post, votes.voters(tx, post.id)), post=post.id)
    recalls.supersede(tx, post.id, ["Update"], by=body, about=outward.tallies(post.uri))


def _end(tx: Tx, event: events.PollEnded) -> None:
    _tell_tally(tx, event)
    post = posts.get(tx, event.post)
    notifying.tell_end(tx, post)
    if not event.local and fetches.put(tx, post.uri, kind="poll"):
        tx.announce(FetchQueued())


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.VoteCast: _send_votes,
    events.PollTallied: _tell_tally,
    events.PollEnded: _end,
}
