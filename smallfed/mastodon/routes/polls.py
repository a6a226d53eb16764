"""Polls: there are none yet, neither ours nor others'.

Spec: CLIENT_API §5 (polls).
"""

from smallfed.errors import NotFound
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door


def register(door: Door) -> None:
    """Take the routes of this page."""
    door.get("/api/v1/polls/<number>", anyone("read:statuses"), absent)
    door.post("/api/v1/polls/<number>/votes", owner("write:statuses"), absent)


async def absent(_ask: Ask, number: str) -> None:
    """Answer that there is no such poll."""
    raise NotFound("Record not found")
