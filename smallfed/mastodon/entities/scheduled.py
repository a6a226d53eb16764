"""Entities about posts for later.

Spec: CLIENT_API §14: ScheduledStatus. ``draft`` and ``problem`` are our own.
"""

from smallfed.mastodon.entities.kinds import (
    ContentTypeName,
    Count,
    Entity,
    Id,
    Moment,
    QuotePolicyName,
    ReplyPolicyName,
    VisibilityName,
)
from smallfed.mastodon.entities.media import MediaAttachment


class ScheduledPoll(Entity, frozen=True, kw_only=True):
    """The poll of a post for later; ``expires_in`` is in seconds from when it is published."""

    options: list[str]
    expires_in: Count
    multiple: bool
    hide_totals: bool


class ScheduledParams(Entity, frozen=True, kw_only=True):
    """What was asked to be said."""

    text: str
    poll: ScheduledPoll | None
    media_ids: list[Id] | None
    sensitive: bool
    spoiler_text: str
    visibility: VisibilityName
    local_only: bool
    in_reply_to_id: Id | None
    quoted_status_id: Id | None
    quote_approval_policy: QuotePolicyName | None
    reply_approval_policy: ReplyPolicyName | None
    language: str | None
    content_type: ContentTypeName
    scheduled_at: None = None
    idempotency: str | None
    with_rate_limit: bool = False


class ScheduledStatus(Entity, frozen=True, kw_only=True):
    """A post for later, or a ``draft``; ``problem`` says why it could not be published."""

    id: Id
    scheduled_at: Moment
    params: ScheduledParams
    media_attachments: list[MediaAttachment]
    draft: bool
    problem: str | None
