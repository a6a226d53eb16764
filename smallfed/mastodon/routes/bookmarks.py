"""What the owner bookmarked, the newest bookmark first.

Spec: CLIENT_API §3: the list goes on by the bookmarks' ids, not by the posts'.
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
    door.get("/api/v1/bookmarks", owner("read:bookmarks"), bookmarks)


async def bookmarks(ask: Ask) -> Part:
    """Answer the bookmarks."""
    return await ask.read(_bookmarks, ask.page())


def _bookmarks(show: Presenter, page: Page) -> Part:
    found = timelines.bookmarks(show.tx, page)
    return Part(items=show.statuses([post for _, post in found]), ids=[bookmark for bookmark, _ in found])
