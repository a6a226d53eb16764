"""Entities about what was looked for.

Spec: CLIENT_API §14: Search.
"""

from smallfed.mastodon.entities.kinds import Entity
from smallfed.mastodon.entities.people import Account
from smallfed.mastodon.entities.posts import Status
from smallfed.mastodon.entities.tags import Tag


class Search(Entity, frozen=True, kw_only=True):
    """What was found; all three are always there."""

    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[Tag]
