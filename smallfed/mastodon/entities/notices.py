"""Entities about what the owner is told.

Spec: CLIENT_API §14: Notification, GroupedNotifications and their parts, NotificationPolicy, NotificationRequest;
https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/, …/AccountWarning/. Beyond it are ``emoji`` and
``emoji_url`` as Pleroma's family and Fedibird have them.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Count, Entity, Id, Moment, Name, Url
from smallfed.mastodon.entities.people import Account
from smallfed.mastodon.entities.posts import Status
from smallfed.mastodon.entities.reports import Report

Type = Literal[
    "admin.report",
    "favourite",
    "follow",
    "follow_request",
    "mention",
    "moderation_warning",
    "poll",
    "quote",
    "quoted_update",
    "reblog",
    "severed_relationships",
    "status",
    "update",
]
HandlingName = Literal["accept", "filter", "drop"]


class RelationshipSeveranceEvent(Entity, frozen=True, kw_only=True):
    """A block of a domain that ended follows. ``purged``: which these were is not known any more."""

    id: Id
    type: Literal["domain_block", "user_domain_block", "account_suspension"]
    purged: bool = False
    target_name: Name
    followers_count: Count
    following_count: Count
    created_at: Moment


class AccountWarning(Entity, frozen=True, kw_only=True):
    """What a moderator holds against an account. In a house of one person nobody is there to issue it."""

    id: Id
    action: Literal[
        "none", "disable", "mark_statuses_as_sensitive", "delete_statuses", "sensitive", "silence", "suspend"
    ]
    text: str
    status_ids: list[Id] | None
    target_account: Account
    created_at: Moment


class Notification(Entity, frozen=True, kw_only=True):
    """Something the owner is told. ``status`` is missing where there is none; null would crash some apps.

    A reaction is told as the favourite that it is, since not all apps survive types they do not know; ``emoji`` says
    which (of a custom one ``name@host``), ``emoji_url`` what that one looks like.
    """

    id: Id
    type: Type
    group_key: Name
    created_at: Moment
    account: Account
    status: Status | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    moderation_warning: AccountWarning | UnsetType = UNSET
    emoji: Name | UnsetType = UNSET
    emoji_url: Url | UnsetType = UNSET


class NotificationGroup(Entity, frozen=True, kw_only=True):
    """What is shown as one. What begins with ``page`` or ``latest_page`` is said on a page only.

    ``most_recent_notification_id`` is a number, as nowhere else.
    """

    group_key: Name
    notifications_count: Count
    type: Type
    most_recent_notification_id: int
    page_min_id: Id | UnsetType = UNSET
    page_max_id: Id | UnsetType = UNSET
    latest_page_notification_at: Moment | UnsetType = UNSET
    sample_account_ids: list[Id]
    status_id: Id | UnsetType = UNSET
    report: Report | UnsetType = UNSET
    event: RelationshipSeveranceEvent | UnsetType = UNSET
    moderation_warning: AccountWarning | UnsetType = UNSET


class PartialAccount(Entity, frozen=True, kw_only=True):
    """As much of an account as its picture needs."""

    id: Id
    acct: Name
    url: Url
    avatar: Url
    avatar_static: Url
    locked: bool
    bot: bool


class GroupedNotifications(Entity, frozen=True, kw_only=True):
    """Groups, and once each whom and what they name. ``partial_accounts`` are there when they were asked for."""

    accounts: list[Account]
    partial_accounts: list[PartialAccount] | UnsetType = UNSET
    statuses: list[Status]
    notification_groups: list[NotificationGroup]


class PolicySummary(Entity, frozen=True, kw_only=True):
    """How much is kept back."""

    pending_requests_count: Count
    pending_notifications_count: Count


class NotificationPolicy(Entity, frozen=True, kw_only=True):
    """What becomes of notifications of strangers."""

    for_not_following: HandlingName
    for_not_followers: HandlingName
    for_new_accounts: HandlingName
    for_private_mentions: HandlingName
    for_limited_accounts: HandlingName
    summary: PolicySummary


class NotificationPolicyV1(Entity, frozen=True, kw_only=True):
    """The same in the older form: whether they are kept back."""

    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: PolicySummary


class NotificationRequest(Entity, frozen=True, kw_only=True):
    """Somebody who waits for the owner's ear. The count is text."""

    id: Id
    created_at: Moment
    updated_at: Moment
    account: Account
    notifications_count: str
    last_status: Status | None
