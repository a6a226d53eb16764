"""What the owner likes, the newest like first.

Spec: CLIENT_API §3: the list goes on by the likes' ids, not by the posts'.
"""

from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.store import timelines
from smallfed.store.paging import Page


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/favourites", owner("read:favourites"), favourites)


async def favourites(ask: Ask) -> Part:
    """Answer the favourites."""
    return await ask.read(_favourites, ask.page())


def _favourites(show: Presenter, page: Page) -> Part:
    found = timelines.favourites(show.tx, page)
    return Part(items=show.statuses([post for _, post in found]), ids=[like for like, _ in found])
