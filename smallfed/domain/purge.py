"""Purges: what the owner had removed for good, and what is remembered so that it does not come back."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

PURGED = "You have purged it here."
"""Why something is refused that was purged; nothing of what came is kept then."""


class PurgeKind(StrEnum):
    """What was to go."""

    POST = "post"
    ACTOR = "actor"
    FILE = "file"


class Purge(Struct, frozen=True, kw_only=True):
    """One purge. What it was is known by hashes only: ``host`` says whence it came, ``reason`` why it went.

    ``words`` (ids and addresses) and ``account_id`` are known while it is under way, and forgotten at ``ended_at``.
    ``posts`` and ``files`` are how many went.
    """

    id: int
    kind: PurgeKind
    host: str
    reason: str = ""
    own: bool = False
    words: tuple[str, ...] = ()
    account_id: int | None = None
    posts: int = 0
    files: int = 0
    begun_at: datetime
    ended_at: datetime | None = None
