"""What the owner does with posts: favourite, boost, bookmark, pin, mute the thread; and takes it back.

The id may be that of a boost: what is meant is the post in it. Doing or undoing twice is as once.

Spec: CLIENT_API §5; https://docs.joinmastodon.org/methods/statuses/.
"""

from collections.abc import Callable

from smallfed.domain.post import Post, Visibility
from smallfed.mastodon import composing
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask, Handler
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Status
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.services import bookmarking, boosting, liking, muting, pinning
from smallfed.store import posts
from smallfed.store.tx import Tx

Service = Callable[[Tx, Post], Post]

SERVICES: dict[str, tuple[str, Service]] = {
    "favourite": ("write:favourites", liking.like),
    "unfavourite": ("write:favourites", liking.unlike),
    "unreblog": ("write:statuses", boosting.unboost),
    "bookmark": ("write:bookmarks", bookmarking.bookmark),
    "unbookmark": ("write:bookmarks", bookmarking.unbookmark),
    "pin": ("write:accounts", pinning.pin),
    "unpin": ("write:accounts", pinning.unpin),
    "mute": ("write:mutes", muting.mute_thread),
    "unmute": ("write:mutes", muting.unmute_thread),
}


def register(door: Door) -> None:
    """Take the routes of this page."""
    for name, (scope, service) in SERVICES.items():
        door.post(f"/api/v1/statuses/<number>/{name}", owner(scope), _doing(service))
    door.post("/api/v1/statuses/<number>/reblog", owner("write:statuses"), reblog)


def _doing(service: Service) -> Handler:
    async def handler(ask: Ask, number: str) -> Status:
        return await ask.write(_do, service, identifier(number))

    return handler


def _do(show: Presenter, service: Service, number: int) -> Status:
    return show.status(service(show.tx, posts.get_visible(show.tx, number, show.viewer)))


async def reblog(ask: Ask, number: str) -> Status:
    """Boost a post, for ``visibility``, and answer the boost with the post in it."""
    return await ask.write(_reblog, identifier(number), composing.visibility(ask.params.text("visibility")))


def _reblog(show: Presenter, number: int, seen_by: Visibility | None) -> Status:
    post = posts.get_visible(show.tx, number, show.viewer)
    return show.status(boosting.boost(show.tx, post, seen_by))
