"""Hashtags by themselves: every name is one. And those that the owner follows.

Spec: CLIENT_API §6 (tags), §3 (followed_tags); https://docs.joinmastodon.org/methods/tags/, …/followed_tags/.
"""

from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Tag
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import tag_following, tagging
from smallfed.store import followed_tags
from smallfed.store.paging import Page


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/tags/<name>"
    door.get(one, anyone("read"), show)
    door.post(f"{one}/follow", owner("write:follows"), follow)
    door.post(f"{one}/unfollow", owner("write:follows"), unfollow)
    door.post(f"{one}/feature", owner("write:accounts"), feature)
    door.post(f"{one}/unfeature", owner("write:accounts"), unfeature)
    door.get("/api/v1/followed_tags", owner("read:follows"), followed)


async def show(ask: Ask, name: str) -> Tag:
    """Answer the hashtag of that name."""
    wanted = tag_following.clean(name)
    return await ask.read(lambda show: show.tags([wanted])[0])


async def follow(ask: Ask, name: str) -> Tag:
    """Follow a hashtag."""
    return await ask.write(lambda show: show.tags([tag_following.follow(show.tx, name)])[0])


async def unfollow(ask: Ask, name: str) -> Tag:
    """Follow a hashtag no longer."""
    return await ask.write(lambda show: show.tags([tag_following.unfollow(show.tx, name)])[0])


async def feature(ask: Ask, name: str) -> Tag:
    """Show a hashtag on the owner's profile."""
    return await ask.write(lambda show: show.tags([tagging.feature_named(show.tx, name)])[0])


async def unfeature(ask: Ask, name: str) -> Tag:
    """Show a hashtag on the owner's profile no longer."""
    wanted = tag_following.clean(name)
    return await ask.write(lambda show: show.tags([tagging.unfeature_named(show.tx, wanted)])[0])


async def followed(ask: Ask) -> Part:
    """Answer the hashtags that are followed."""
    return await ask.read(_followed, ask.page(default=100, most=200))


def _followed(show: Presenter, page: Page) -> Part:
    found = followed_tags.page(show.tx, page)
    return Part(items=show.tags([tag.name for tag in found]), ids=[tag.id for tag in found])
