"""Lists: people whose posts the owner reads together."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Replies(StrEnum):
    """Whose answers to others a list shows: answers to whomever the owner follows, to members, or to nobody.

    Answers to oneself and to the owner are always shown.
    """

    FOLLOWED = "followed"
    LIST = "list"
    NONE = "none"


class List(Struct, frozen=True, kw_only=True):
    """``exclusive``: what its members post is in the list and not in home."""

    id: int
    title: str
    replies: Replies = Replies.LIST
    exclusive: bool = False
    created_at: datetime
