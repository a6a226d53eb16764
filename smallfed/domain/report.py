"""Reports: complaints of the owner about others, and of others about the owner."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Category(StrEnum):
    """What is wrong, in the words of the client API."""

    SPAM = "spam"
    LEGAL = "legal"
    VIOLATION = "violation"
    OTHER = "other"


class Deed(StrEnum):
    """What the owner did about a complaint."""

    DISMISSED = "dismissed"
    """Nothing: there was nothing in it."""
    BLOCKED = "blocked"
    LIMITED = "limited"
    MUTED = "muted"
    DELETED = "deleted"
    """Posts of the owner."""


class Report(Struct, frozen=True, kw_only=True):
    """One complaint about ``account_id``. ``host`` is the server it came from, None for the owner's own.

    Who complained is not kept: ``server_id`` is that server's own actor, where that one said it. ``posts`` are ids;
    some of them may be gone. ``flag`` is the id of the Flag, or a hash of it. ``acted_at``: the owner is done with it,
    by ``deeds``. ``site`` is what whoever runs ``host`` has registered.
    """

    id: int
    account_id: int
    host: str | None = None
    site: str | None = None
    server_id: int | None = None
    flag: str | None = None
    category: Category = Category.OTHER
    comment: str = ""
    posts: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    forwarded: bool = False
    assigned: bool = False
    acted_at: datetime | None = None
    deeds: tuple[Deed, ...] = ()
    created_at: datetime
    updated_at: datetime
