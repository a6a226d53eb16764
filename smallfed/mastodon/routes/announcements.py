"""Announcements: read, put away, and reacted to.

Spec: CLIENT_API §3; https://docs.joinmastodon.org/methods/announcements/.
"""

from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities.announcements import Announcement
from smallfed.mastodon.params import identifier
from smallfed.mastodon.presenter import Presenter
from smallfed.services import announcing
from smallfed.store import announcements

EMPTY: dict[str, str] = {}


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/announcements/<number>"
    door.get("/api/v1/announcements", owner("read", "read:accounts"), shown)
    door.post(f"{one}/dismiss", owner("write:accounts"), dismiss)
    door.put(f"{one}/reactions/<name>", owner("write:favourites"), react)
    door.delete(f"{one}/reactions/<name>", owner("write:favourites"), unreact)


async def shown(ask: Ask) -> list[Announcement]:
    """Answer what is announced; with ``with_dismissed`` also what the owner has put away."""
    return await ask.read(_shown, bool(ask.params.flag("with_dismissed")))


def _shown(show: Presenter, dismissed: bool) -> list[Announcement]:
    return show.announcements(announcements.shown(show.tx, dismissed=dismissed))


async def dismiss(ask: Ask, number: str) -> dict[str, str]:
    """Put one away."""
    await ask.parts.db.write(announcing.dismiss, identifier(number))
    return EMPTY


async def react(ask: Ask, number: str, name: str) -> dict[str, str]:
    """React to one."""
    await ask.parts.db.write(announcing.react, identifier(number), name)
    return EMPTY


async def unreact(ask: Ask, number: str, name: str) -> dict[str, str]:
    """Take a reaction back."""
    await ask.parts.db.write(announcing.unreact, identifier(number), name)
    return EMPTY
