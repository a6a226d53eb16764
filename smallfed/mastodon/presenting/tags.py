"""Hashtags as client apps see them.

Spec: CLIENT_API §14 (Tag).
"""

from collections.abc import Sequence
from hashlib import blake2b

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.mastodon import entities
from smallfed.store import followed_tags
from smallfed.store.tx import Tx


def tags(tx: Tx, house: House, names: Sequence[str], viewer: int | None) -> list[entities.Tag]:
    """Return hashtags (NFKC, lower case), in their order; the owner is told which are followed."""
    followed = set() if viewer is None else followed_tags.among(tx, names)
    return [
        entities.Tag(
            id=_number(name),
            name=name,
            url=house.tag_page(name),
            history=[],
            following=UNSET if viewer is None else name in followed,
        )
        for name in names
    ]


def _number(name: str) -> str:
    """Return the id of a hashtag, which has no row of its own: apps take it for a number, the same for ever."""
    return str(1 + (int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") >> 1))
