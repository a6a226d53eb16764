"""Polls: how they stand, and the owner's votes.

Spec: CLIENT_API §5 (polls); https://docs.joinmastodon.org/methods/polls/.
"""

from collections.abc import Sequence
from functools import partial

from smallfed.domain.poll import Poll
from smallfed.domain.post import Post
from smallfed.errors import Invalid, NotFound
from smallfed.mastodon import entities
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.presenting import polls as presenting
from smallfed.services import polling, voting
from smallfed.store import polls, posts, votes
from smallfed.workers import tallying


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/polls/<number>", anyone("read:statuses"), show)
    door.post("/api/v1/polls/<number>/votes", owner("write:statuses"), vote)


async def show(ask: Ask, number: str) -> entities.Poll:
    """Answer a poll; for the owner, its origin is asked first when it may stand differently by now."""
    post, poll = await ask.read(_get, identifier(number))
    if ask.viewer is not None and polling.is_stale(post, poll, ask.parts.clock.now()):
        place = await ask.parts.db.write(partial(polling.ask, post=post))
        if place is not None:
            await tallying.look(ask.parts.db, ask.parts.fetcher, place)
    return await ask.read(_show, post.id)


async def vote(ask: Ask, number: str) -> entities.Poll:
    """Vote as the owner, for one option or for several at once."""
    return await ask.write(_vote, identifier(number), ask.params.integers("choices"))


def _vote(show: Presenter, number: int, choices: Sequence[int]) -> entities.Poll:
    post, _ = _get(show, number)
    if not choices:
        raise Invalid("choices should name at least one option")
    voting.vote(show.tx, post, choices)
    return _show(show, number)


def _show(show: Presenter, number: int) -> entities.Poll:
    post, poll = _get(show, number)
    own = () if show.viewer is None else votes.find(show.tx, post.id, show.viewer)
    return presenting.poll(show.house, post, poll, own, mine=show.viewer is not None)


def _get(show: Presenter, number: int) -> tuple[Post, Poll]:
    """Return a poll that the viewer may see, with its post."""
    post = posts.get_visible(show.tx, number, show.viewer)
    poll = polls.find(show.tx, post.id)
    if poll is None:
        raise NotFound("Record not found")
    return post, poll
