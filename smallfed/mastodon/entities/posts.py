"""Entities about posts.

Spec: CLIENT_API §14: Status and its parts, Context, StatusEdit, StatusSource. Beyond it are ``content_type`` as
GoToSocial has it and ``local_only`` as Glitch and Hometown; ``reactions`` has more.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.cards import PreviewCard
from smallfed.mastodon.entities.filters import FilterResult
from smallfed.mastodon.entities.kinds import ContentTypeName, Count, Entity, Id, Moment, Name, Url, VisibilityName
from smallfed.mastodon.entities.media import MediaAttachment
from smallfed.mastodon.entities.people import Account, CustomEmoji
from smallfed.mastodon.entities.polls import PastPoll, Poll
from smallfed.mastodon.entities.reactions import EmojiReaction, Verified
from smallfed.mastodon.entities.tags import ShallowTag


class Mention(Entity, frozen=True, kw_only=True):
    """Somebody whom a post names."""

    id: Id
    username: Name
    url: Url
    acct: Name


class Application(Entity, frozen=True, kw_only=True):
    """The app that a post of ours was written with."""

    name: Name
    website: Url | None = None


QuoteStateName = Literal[
    "pending",
    "accepted",
    "rejected",
    "revoked",
    "deleted",
    "unauthorized",
    "blocked_account",
    "blocked_domain",
    "muted_account",
]

Whom = Literal["unsupported_policy", "public", "followers", "following"]


class Quote(Entity, frozen=True, kw_only=True):
    """What a post quotes; null until its author agrees, and where the reader may not see it.

    What a quoted post quotes itself is shallow: ``quoted_status_id`` instead of ``quoted_status``.
    """

    state: QuoteStateName
    quoted_status: "Status | UnsetType | None" = UNSET
    quoted_status_id: Id | UnsetType | None = UNSET


class QuoteApproval(Entity, frozen=True, kw_only=True):
    """Who may quote a post, without asking and when its author says yes; and whether the reader may."""

    automatic: list[Whom]
    manual: list[Whom]
    current_user: Literal["automatic", "manual", "denied", "unknown"]


class Status(Entity, frozen=True, kw_only=True):
    """A post or a boost. What the owner did with it is there only for the owner."""

    id: Id
    uri: Url
    url: Url | None
    created_at: Moment
    edited_at: Moment | None
    account: Account
    content: str
    visibility: VisibilityName
    local_only: bool = False
    sensitive: bool
    spoiler_text: str
    media_attachments: list[MediaAttachment]
    application: Application | None
    mentions: list[Mention]
    tags: list[ShallowTag]
    emojis: list[CustomEmoji]
    reblogs_count: Count
    favourites_count: Count
    replies_count: Count
    quotes_count: Count = 0
    in_reply_to_id: Id | None
    in_reply_to_account_id: Id | None
    verified: Verified
    counts_hidden: bool | UnsetType = UNSET
    emoji_reactions: list[EmojiReaction]
    reblog: "Status | None"
    poll: Poll | None = None
    card: PreviewCard | None = None
    quote: Quote | None = None
    quote_approval: QuoteApproval
    language: str | None
    text: str | UnsetType = UNSET
    content_type: ContentTypeName | UnsetType = UNSET
    favourited: bool | UnsetType = UNSET
    reblogged: bool | UnsetType = UNSET
    muted: bool | UnsetType = UNSET
    bookmarked: bool | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    filtered: list[FilterResult] | UnsetType = UNSET


class StatusSource(Entity, frozen=True, kw_only=True):
    """A post of ours as typed."""

    id: Id
    text: str
    spoiler_text: str
    content_type: ContentTypeName


class StatusEdit(Entity, frozen=True, kw_only=True):
    """One version of a post, with what it quoted."""

    content: str
    spoiler_text: str
    sensitive: bool
    created_at: Moment
    account: Account
    poll: PastPoll | UnsetType = UNSET
    media_attachments: list[MediaAttachment]
    emojis: list[CustomEmoji]
    quote: Quote | UnsetType = UNSET


class Context(Entity, frozen=True, kw_only=True):
    """The thread around a post."""

    ancestors: list[Status]
    descendants: list[Status]
