"""Entities about posts.

Spec: CLIENT_API §14: Status and its parts, Context, StatusEdit, StatusSource, Search, Tag. Beyond it are ``verified``,
our own, ``emoji_reactions`` as Pleroma's family and Fedibird have them, ``content_type`` as GoToSocial and
``local_only`` as Glitch and Hometown.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.filters import FilterResult
from smallfed.mastodon.entities.kinds import Count, Day, Entity, Id, Moment, Name, QuotePolicyName, Url, VisibilityName
from smallfed.mastodon.entities.people import Account, CustomEmoji


class Mention(Entity, frozen=True, kw_only=True):
    """Somebody whom a post names."""

    id: Id
    username: Name
    url: Url
    acct: Name


class ShallowTag(Entity, frozen=True, kw_only=True):
    """A hashtag of a post."""

    name: Name
    url: Url


class Application(Entity, frozen=True, kw_only=True):
    """The app that a post of ours was written with."""

    name: Name
    website: Url | None = None


class Size(Entity, frozen=True, kw_only=True):
    """How large a picture, or how long a film is."""

    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    size: str | UnsetType = UNSET
    aspect: float | UnsetType = UNSET
    duration: float | UnsetType = UNSET


class Focus(Entity, frozen=True, kw_only=True):
    """What must stay in sight when a picture is cropped, in −1…1, y upwards."""

    x: float
    y: float


class Meta(Entity, frozen=True, kw_only=True):
    """Measures of a medium."""

    original: Size | UnsetType = UNSET
    small: Size | UnsetType = UNSET
    focus: Focus | UnsetType = UNSET


class MediaAttachment(Entity, frozen=True, kw_only=True):
    """A picture, sound or film."""

    id: Id
    type: Literal["unknown", "image", "gifv", "video", "audio"]
    url: Url | None
    preview_url: Url | None
    remote_url: Url | None
    meta: Meta | None
    description: str | None
    blurhash: str | None


class CardAuthor(Entity, frozen=True, kw_only=True):
    """Who wrote a page; ``account`` is theirs when they say themselves that the page may name them."""

    name: str
    url: str
    account: Account | None


class PreviewCard(Entity, frozen=True, kw_only=True):
    """A page that a post links to. Addresses are "" where there is none; ``html`` is one frame."""

    url: Url
    title: Name
    description: str
    type: Literal["link", "photo", "video", "rich"]
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    html: str
    width: Count
    height: Count
    image: Url | None
    image_description: str
    embed_url: str
    blurhash: None = None
    authors: list[CardAuthor]
    published_at: Moment | None
    language: str | None


class TrendingLink(PreviewCard, frozen=True, kw_only=True):
    """A page that is much linked to, with how much, day by day."""

    history: list["History"]


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


class PollOption(Entity, frozen=True, kw_only=True):
    """A choice, as plain text. ``votes_count`` is null while the numbers are hidden."""

    title: str
    votes_count: Count | None


class Poll(Entity, frozen=True, kw_only=True):
    """What can be chosen, and how it stands. ``voters_count`` is null unless several can be chosen."""

    id: Id
    expires_at: Moment | None
    expired: bool
    multiple: bool
    votes_count: Count
    voters_count: Count | None
    options: list[PollOption]
    emojis: list[CustomEmoji]
    voted: bool | UnsetType = UNSET
    own_votes: list[Count] | UnsetType = UNSET


class PastOption(Entity, frozen=True, kw_only=True):
    """A choice in an earlier version of a post."""

    title: str


class PastPoll(Entity, frozen=True, kw_only=True):
    """The poll of an earlier version of a post."""

    options: list[PastOption]


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


ContentTypeName = Literal["text/plain", "text/markdown"]
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


class Context(Entity, frozen=True, kw_only=True):
    """The thread around a post."""

    ancestors: list[Status]
    descendants: list[Status]


class History(Entity, frozen=True, kw_only=True):
    """How often a hashtag was used on a day (UNIX time); all of it is text."""

    day: str
    accounts: str
    uses: str


class Tag(Entity, frozen=True, kw_only=True):
    """A hashtag by itself."""

    id: Id
    name: Name
    url: Url
    history: list[History]
    following: bool | UnsetType = UNSET
    featuring: bool | UnsetType = UNSET


class FeaturedTag(Entity, frozen=True, kw_only=True):
    """A hashtag that a profile shows. How many posts there are is text."""

    id: Id
    name: Name
    url: Url
    statuses_count: str
    last_status_at: Day | None


class Search(Entity, frozen=True, kw_only=True):
    """What was found; all three are always there."""

    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[Tag]
