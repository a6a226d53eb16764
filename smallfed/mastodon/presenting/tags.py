"""Hashtags as client apps see them.

Spec: CLIENT_API §14 (Tag).
"""

from hashlib import blake2b

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.mastodon import entities


def tag(house: House, name: str, *, mine: bool) -> entities.Tag:
    """Return a hashtag (NFKC, lower case). ``mine``: the owner asks, who follows none."""
    return entities.Tag(
        id=_number(name), name=name, url=house.tag_page(name), history=[], following=False if mine else UNSET
    )


def _number(name: str) -> str:
    """Return the id of a hashtag, which has no row of its own: apps take it for a number, the same for ever."""
    return str(1 + (int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1))
