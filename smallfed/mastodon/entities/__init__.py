"""Entities: what client apps are answered, field for field, with what may be null and what may be missing.

Spec: CLIENT_API §14.
"""

from smallfed.mastodon.entities.cards import CardAuthor, PreviewCard, TrendingLink
from smallfed.mastodon.entities.correspondences import Conversation
from smallfed.mastodon.entities.filters import Filter, FilterKeyword, FilterResult, FilterStatus, SingleFilter
from smallfed.mastodon.entities.kinds import Entity, maybe, moment
from smallfed.mastodon.entities.media import Focus, MediaAttachment, Meta, Size
from smallfed.mastodon.entities.notices import (
    AccountWarning,
    GroupedNotifications,
    Notification,
    NotificationGroup,
    NotificationPolicy,
    NotificationPolicyV1,
    NotificationRequest,
    PartialAccount,
    PolicySummary,
    RelationshipSeveranceEvent,
)
from smallfed.mastodon.entities.people import (
    Account,
    CredentialAccount,
    CustomEmoji,
    FamiliarFollowers,
    Field,
    List,
    Marker,
    MutedAccount,
    Preferences,
    Profile,
    Relationship,
    Role,
    Source,
)
from smallfed.mastodon.entities.polls import PastOption, PastPoll, Poll, PollOption
from smallfed.mastodon.entities.posts import (
    Application,
    Context,
    Mention,
    Quote,
    QuoteApproval,
    Status,
    StatusEdit,
    StatusSource,
)
from smallfed.mastodon.entities.reactions import EmojiReaction, Reacted, Verified
from smallfed.mastodon.entities.reports import Report
from smallfed.mastodon.entities.scheduled import ScheduledParams, ScheduledPoll, ScheduledStatus
from smallfed.mastodon.entities.search import Search
from smallfed.mastodon.entities.tags import FeaturedTag, History, ShallowTag, Tag

__all__ = [
    "Account",
    "AccountWarning",
    "Application",
    "CardAuthor",
    "Context",
    "Conversation",
    "CredentialAccount",
    "CustomEmoji",
    "EmojiReaction",
    "Entity",
    "FamiliarFollowers",
    "FeaturedTag",
    "Field",
    "Filter",
    "FilterKeyword",
    "FilterResult",
    "FilterStatus",
    "Focus",
    "GroupedNotifications",
    "History",
    "List",
    "Marker",
    "MediaAttachment",
    "Mention",
    "Meta",
    "MutedAccount",
    "Notification",
    "NotificationGroup",
    "NotificationPolicy",
    "NotificationPolicyV1",
    "NotificationRequest",
    "PartialAccount",
    "PastOption",
    "PastPoll",
    "PolicySummary",
    "Poll",
    "PollOption",
    "Preferences",
    "PreviewCard",
    "Profile",
    "Quote",
    "QuoteApproval",
    "Reacted",
    "Relationship",
    "RelationshipSeveranceEvent",
    "Report",
    "Role",
    "ScheduledParams",
    "ScheduledPoll",
    "ScheduledStatus",
    "Search",
    "ShallowTag",
    "SingleFilter",
    "Size",
    "Source",
    "Status",
    "StatusEdit",
    "StatusSource",
    "Tag",
    "TrendingLink",
    "Verified",
    "maybe",
    "moment",
]
