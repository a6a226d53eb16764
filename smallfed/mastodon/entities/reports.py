"""Entities about reports.

Spec: CLIENT_API §14 (Report).
"""

from smallfed.mastodon.entities.kinds import Entity, Id, Moment, Name
from smallfed.mastodon.entities.people import Account


class Report(Entity, frozen=True, kw_only=True):
    """What somebody has complained of."""

    id: Id
    action_taken: bool
    action_taken_at: Moment | None
    category: Name
    comment: str
    forwarded: bool
    created_at: Moment
    status_ids: list[Id] | None
    rule_ids: list[Name] | None
    target_account: Account
