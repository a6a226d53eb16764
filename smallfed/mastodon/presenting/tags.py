"""Hashtags as client apps see them.

Spec: CLIENT_API §14 (Tag).
"""

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.mastodon import entities


def tag(house: House, name: str, *, mine: bool) -> entities.Tag:
    """Return a hashtag (NFKC, lower case). ``mine``: the owner asks, who follows none."""
    return entities.Tag(id=name, name=name, url=house.tag_page(name), history=[], following=False if mine else UNSET)
