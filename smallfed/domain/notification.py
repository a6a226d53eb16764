"""Notifications: what the owner is told, and whom the owner has not decided to hear."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.account import Account

SPOKEN = frozenset({"mention", "quote"})
"""Types by which somebody says something to the owner: kept back, they make a request."""

GROUPED = ("favourite", "follow", "reblog")
"""Types that apps show together where they are about the same."""

FILTERABLE = frozenset({"mention", "reblog", "follow", "follow_request", "favourite", "quote"})
"""Types that come of what somebody else wanted to say to the owner; the others were asked for, or are the house's."""

TYPES = (
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
)


class Notification(Struct, frozen=True, kw_only=True):
    """``type`` is a word of the client API, one of ``TYPES``.

    Of a quote the post is the one that quotes the owner's; of a quoted_update it is the owner's, which quotes what was
    changed. ``subject_id`` is the severance of severed_relationships and the report of admin.report. ``group_key`` is
    what it is shown together with; ``filtered``: the owner is not told until the owner wants to hear of the account.
    """

    id: int
    type: str
    account_id: int
    post_id: int | None
    created_at: datetime
    subject_id: int | None = None
    group_key: str | None = None
    filtered: bool = False

    @property
    def alone(self) -> str:
        """The key of a group of which this is all."""
        return f"ungrouped-{self.id}"


class Handling(StrEnum):
    """What becomes of a notification: it is told, kept back until the owner asks for it, or not even stored."""

    ACCEPT = "accept"
    FILTER = "filter"
    DROP = "drop"


class Policy(Struct, frozen=True, kw_only=True):
    """How notifications are handled that come of people of these kinds, or of private mentions."""

    not_following: Handling = Handling.ACCEPT
    not_followers: Handling = Handling.ACCEPT
    new_accounts: Handling = Handling.ACCEPT
    private_mentions: Handling = Handling.ACCEPT
    limited_accounts: Handling = Handling.FILTER


class Group(Struct, frozen=True, kw_only=True):
    """Notifications that are shown as one: ``latest`` and how many there are before it, with it.

    ``oldest_id`` is the oldest that belongs to the page, where there is a page; ``samples`` the accounts of the latest.
    """

    key: str
    latest: Notification
    oldest_id: int | None
    count: int
    samples: tuple[int, ...]


class Request(Struct, frozen=True, kw_only=True):
    """Somebody whose mentions were filtered: how many (at most 100), and the last post."""

    id: int
    account: Account
    count: int
    last_post_id: int | None
    created_at: datetime
    updated_at: datetime


class SeveranceType(StrEnum):
    """Who blocked the domain: whoever runs the house, or the owner as a user of it."""

    HOUSE = "domain_block"
    OWNER = "user_domain_block"


class Severance(Struct, frozen=True, kw_only=True):
    """The block of a server that came between follows: ``followers`` of the owner, ``following`` by the owner.

    They are frozen until they are ``restored_at`` its lifting, or ended at ``final_at``.
    """

    id: int
    type: SeveranceType
    target: str
    followers: int
    following: int
    created_at: datetime
    restored_at: datetime | None = None
    final_at: datetime | None = None

    @property
    def state(self) -> str:
        """What has become of them: restored, frozen or final."""
        if self.restored_at is not None:
            return "restored"
        return "frozen" if self.final_at is None else "final"
