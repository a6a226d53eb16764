"""What is said about a page: the posts that link to it.

Spec: https://docs.joinmastodon.org/methods/timelines/#link.
"""

from smallfed.errors import Invalid
from smallfed.mastodon.access import anyone
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.mastodon.routes.timelines import READ, part
from smallfed.store import timelines
from smallfed.store.paging import Page


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/timelines/link", anyone(READ), link)


async def link(ask: Ask) -> Part:
    """Answer the public posts about the page ``url``; to strangers, those of this house."""
    url = ask.params.text("url")
    if not url:
        raise Invalid("url is missing: the address of the page")
    return await ask.read(_link, url, ask.page(), ask.viewer is None)


def _link(show: Presenter, url: str, page: Page, local: bool) -> Part:
    return part(show, timelines.link(show.tx, show.viewer, url, page, local=local))
