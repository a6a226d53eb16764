"""Entities about direct posts that belong together.

Spec: CLIENT_API §14: Conversation.
"""

from smallfed.mastodon.entities.kinds import Entity, Id
from smallfed.mastodon.entities.people import Account
from smallfed.mastodon.entities.posts import Status


class Conversation(Entity, frozen=True, kw_only=True):
    """Direct posts of one thread among the same people: the others, or the owner alone."""

    id: Id
    unread: bool
    accounts: list[Account]
    last_status: Status | None
