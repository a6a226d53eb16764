"""Uploads: refused in plain words, since posts cannot hold pictures of ours yet.

Spec: CLIENT_API §5 (media).
"""

from smallfed.errors import Invalid, NotFound
from smallfed.mastodon.access import owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door

WRITE = "write:media"


def register(door: Door) -> None:
    """Take the routes of this page."""
    for path in ("/api/v1/media", "/api/v2/media"):
        door.post(path, owner(WRITE), refuse)
    for hang in (door.get, door.put, door.delete):
        hang("/api/v1/media/<number>", owner(WRITE), absent)


async def refuse(_ask: Ask) -> None:
    """Refuse an upload."""
    raise Invalid("media attachments are not supported yet")


async def absent(_ask: Ask, number: str) -> None:
    """Answer that there is no such upload."""
    raise NotFound("Record not found")
