"""What is talked about, counted from what has come here and was verified.

Strangers are shown none of it: what the owner's server has gathered is nobody's business. Pages are those that posts
link to and that were read.

Spec: CLIENT_API §6 (trends); https://docs.joinmastodon.org/methods/trends/.
"""

from smallfed.mastodon import entities
from smallfed.mastodon.access import anyone
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.params import limit, offset
from smallfed.mastodon.presenter import Presenter
from smallfed.services import trending


def register(door: Door) -> None:
    """Take the routes of this page."""
    for path in ("/api/v1/trends", "/api/v1/trends/tags"):  # the first is the old name
        door.get(path, anyone("read"), tags)
    door.get("/api/v1/trends/links", anyone("read"), links)
    door.get("/api/v1/trends/statuses", anyone("read", "read:statuses"), statuses)


async def tags(ask: Ask) -> list[entities.Tag]:
    """Answer the hashtags that more people use than usual."""
    if ask.viewer is None:
        return []
    return await ask.read(_tags, limit(ask.params, default=10, most=20), offset(ask.params))


def _tags(show: Presenter, most: int, skipped: int) -> list[entities.Tag]:
    return show.tags(trending.tags(show.tx, limit=most, offset=skipped))


async def statuses(ask: Ask) -> list[entities.Status]:
    """Answer the posts that many people like, boost and answer."""
    if ask.viewer is None:
        return []
    return await ask.read(_statuses, limit(ask.params, default=20, most=40), offset(ask.params))


def _statuses(show: Presenter, most: int, skipped: int) -> list[entities.Status]:
    return show.statuses(trending.posts(show.tx, show.viewer, limit=most, offset=skipped))


async def links(ask: Ask) -> list[entities.TrendingLink]:
    """Answer the pages that several people post about."""
    if ask.viewer is None:
        return []
    return await ask.read(_links, limit(ask.params, default=10, most=20), offset(ask.params))


def _links(show: Presenter, most: int, skipped: int) -> list[entities.TrendingLink]:
    return show.links(trending.links(show.tx, limit=most, offset=skipped))
