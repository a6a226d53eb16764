"""Reactions with an emoji, in the forms of the servers whose apps have them.

Spec: CLIENT_API §15; https://docs.pleroma.social/backend/development/API/pleroma_api/ (emoji reactions);
https://github.com/glitch-soc/mastodon (react, unreact); https://github.com/fedibird/mastodon (emoji_reactions).
"""

from smallfed.domain.post import Post
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Reacted, Status
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.services import boosting, liking
from smallfed.store import posts

READ, WRITE = anyone("read:statuses"), owner("write:favourites")


def register(door: Door) -> None:
    """Take the routes of this page."""
    pleroma = "/api/v1/pleroma/statuses/<number>/reactions"
    door.get(pleroma, READ, several)
    door.get(f"{pleroma}/<emoji>", READ, several)
    for one in (f"{pleroma}/<emoji>", "/api/v1/statuses/<number>/emoji_reactions/<emoji>"):
        door.put(one, WRITE, react)
        door.delete(one, WRITE, unreact)
    door.post("/api/v1/statuses/<number>/react/<emoji>", WRITE, react)
    door.post("/api/v1/statuses/<number>/unreact/<emoji>", WRITE, unreact)
    door.post("/api/v1/statuses/<number>/emoji_unreaction", WRITE, unreact)


async def several(ask: Ask, number: str, emoji: str | None = None) -> list[Reacted]:
    """Answer how many reacted to a post, and who, as far as we know; with one emoji, or with any."""
    return await ask.read(_several, identifier(number), emoji)


def _several(show: Presenter, number: int, emoji: str | None) -> list[Reacted]:
    post = boosting.original(show.tx, _visible(show, number))
    found = [] if show.keeps_who(post) else show.reactions(post)
    name = None if emoji is None else liking.named(emoji).strip(":")
    return [each for each in found if name in (None, each.name)]


async def react(ask: Ask, number: str, emoji: str) -> Status:
    """React to a post."""
    return await ask.write(_react, identifier(number), emoji)


def _react(show: Presenter, number: int, emoji: str) -> Status:
    return show.status(liking.react(show.tx, _visible(show, number), emoji))


async def unreact(ask: Ask, number: str, emoji: str | None = None) -> Status:
    """Take the owner's reaction back: this one, or whatever it is."""
    return await ask.write(_unreact, identifier(number), emoji)


def _unreact(show: Presenter, number: int, emoji: str | None) -> Status:
    return show.status(liking.unreact(show.tx, _visible(show, number), emoji))


def _visible(show: Presenter, number: int) -> Post:
    return posts.get_visible(show.tx, number, show.viewer)
