"""Entities about what people think of a post.

Spec: none of Mastodon's: ``emoji_reactions`` as Pleroma's family and Fedibird have them; ``verified`` is our own.
"""

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Name, Url
from smallfed.mastodon.entities.people import Account


class EmojiReaction(Entity, frozen=True, kw_only=True):
    """How many reacted to a post with one emoji; a custom one of another server is called ``name@host``."""

    name: Name
    count: Count
    me: bool
    url: Url | UnsetType = UNSET
    static_url: Url | UnsetType = UNSET


class Reacted(EmojiReaction, frozen=True, kw_only=True):
    """The same with those who reacted."""

    accounts: list[Account]


class Verified(Entity, frozen=True, kw_only=True):
    """How many of the favourites and boosts of a post we have seen the signed activities of."""

    favourites: Count
    reblogs: Count
