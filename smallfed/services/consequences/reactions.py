"""What follows from boosts, likes and pins: who hears of them.

Spec: PROTOCOL §6.1 (recipients), CLIENT_API §7 (notifications).
"""

from collections.abc import Callable
from typing import Any

from msgspec import structs

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.post import Post
from smallfed.services import asking, grouping, notifying, rendering
from smallfed.services.consequences.sending import send, send_to, undo
from smallfed.store import accounts, houses, likes, posts, recalls
from smallfed.store.recipients import Recipients
from smallfed.store.tx import Tx
from smallfed.translate import outward


def _boost(tx: Tx, event: events.PostBoosted) -> None:
    post, house = posts.get(tx, event.post), houses.get(tx)
    if event.local:
        announce = rendering.activity(tx, house, posts.get(tx, event.boost))
        waits = asking.waits(tx, event.boost) is not None  # then only its author hears of it
        to_whom = Recipients(accounts=[post.account_id]) if waits else _told(tx, post)
        send(tx, announce, to_whom, post=event.boost)
    elif post.local:
        quiet = notifying.is_old(tx, posts.get(tx, event.boost).published_at)
        notifying.tell(tx, "reblog", event.account, post.id, quiet=quiet)


def _unboost(tx: Tx, event: events.BoostUndone) -> None:
    if not event.local:
        return
    post, house = posts.get(tx, event.post), houses.get(tx)
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
    told = structs.replace(_told(tx, post), unheard=recalls.take_back(tx, event.uri))
    send(tx, outward.undo(rendering.activity(tx, house, wrapper)), told, post=event.boost)


def _told(tx: Tx, post: Post) -> Recipients:
    """Return who hears of a boost: followers, the author, and the group that the post was made in."""
    group = grouping.find_home(tx, post)
    return Recipients(followers=True, accounts=[post.account_id] + ([] if group is None else [group.id]))


def _like(tx: Tx, event: events.PostLiked) -> None:
    post, house, like = posts.get(tx, event.post), houses.get(tx), likes.get(tx, event.like)
    if event.local:
        if not event.instead:
            recalls.supersede(tx, post.id, ["Undo"])  # an earlier Undo, heard late, would take this one back
        activity = rendering.like(tx, house, post, str(like.uri), like.reaction)
        send_to(tx, activity, accounts.get(tx, post.account_id), grouping.find_home(tx, post), post=post.id)
    elif post.local and like.reaction.favours:
        notifying.tell(tx, "favourite", event.account, post.id)


def _unlike(tx: Tx, event: events.LikeUndone) -> None:
    if not event.local:
        return
    post, house = posts.get(tx, event.post), houses.get(tx)
    activity = rendering.like(tx, house, post, event.uri, event.reaction)
    undo(tx, activity, accounts.get(tx, post.account_id), grouping.find_home(tx, post), post=post.id)


def _feature(tx: Tx, event: events.PostPinned | events.PostUnpinned) -> None:
    """Tell of a pin; of what the featured collection does not show nobody hears."""
    post, house = posts.get(tx, event.post), houses.get(tx)
    if not post.visibility.is_open:
        return
    make, late = (outward.add, "Remove") if isinstance(event, events.PostPinned) else (outward.remove, "Add")
    recalls.supersede(tx, post.id, [late])
    activity = make(house, uri=f"{post.uri}#pins/{tx.new_id()}", object_=post.uri)
    send(tx, activity, Recipients(followers=True), post=post.id)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.PostBoosted: _boost,
    events.BoostUndone: _unboost,
    events.PostLiked: _like,
    events.LikeUndone: _unlike,
    events.PostPinned: _feature,
    events.PostUnpinned: _feature,
}
