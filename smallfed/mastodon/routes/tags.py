"""Hashtags by themselves: every name is one.

Spec: CLIENT_API §6 (tags).
"""

from smallfed.errors import Invalid
from smallfed.mastodon.access import anyone, owner
from smallfed.mastodon.asking import Ask
from smallfed.mastodon.door import Door
from smallfed.mastodon.entities import Tag
from smallfed.mastodon.presenting.tags import tag
from smallfed.text.scan import hashtags, normal_tag


def register(door: Door) -> None:
    """Take the routes of this page."""
    one = "/api/v1/tags/<name>"
    door.get(one, anyone("read"), show)
    for name in ("follow", "unfollow"):
        door.post(f"{one}/{name}", owner("write:follows"), refuse)


async def show(ask: Ask, name: str) -> Tag:
    """Answer the hashtag of that name."""
    if hashtags(f"#{name}") != [name]:
        raise Invalid(f"#{name} is no hashtag")
    return tag(ask.house, normal_tag(name), mine=ask.viewer is not None)


async def refuse(_ask: Ask, name: str) -> None:
    """Refuse to follow a hashtag."""
    raise Invalid("following hashtags is not supported yet")
