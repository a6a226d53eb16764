"""Conversations: direct posts, by thread and people.

Spec: CLIENT_API §6; https://docs.joinmastodon.org/methods/conversations/: the list goes on by the last posts' ids.
"""

from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Conversation
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part
from smallfed.services import corresponding
from smallfed.store import correspondences
from smallfed.store.paging import Page

WRITE = owner("write:conversations")


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/conversations", owner("read:statuses"), newest)
    door.delete("/api/v1/conversations/<number>", WRITE, forget)
    door.post("/api/v1/conversations/<number>/read", WRITE, read)
    door.post("/api/v1/conversations/<number>/unread", WRITE, unread)


async def newest(ask: Ask) -> Part:
    """Answer conversations, the one with the newest post first."""
    return await ask.read(_newest, ask.page())


def _newest(show: Presenter, page: Page) -> Part:
    found = correspondences.page(show.tx, page)
    return Part(items=show.conversations(found), ids=[one.last_post_id or 0 for one in found])


async def read(ask: Ask, number: str) -> Conversation:
    """Note that a conversation was read."""
    return await ask.write(_mark, identifier(number), unread=False)


async def unread(ask: Ask, number: str) -> Conversation:
    """Note that a conversation is to be read again."""
    return await ask.write(_mark, identifier(number), unread=True)


def _mark(show: Presenter, number: int, *, unread: bool) -> Conversation:
    return show.conversations([corresponding.mark(show.tx, number, unread=unread)])[0]


async def forget(ask: Ask, number: str) -> dict[str, str]:
    """Show a conversation no longer; its posts stay."""
    await ask.write(lambda show: corresponding.forget(show.tx, identifier(number)))
    return {}
