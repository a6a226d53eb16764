"""Refusals: what was not let in, and by which rule."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.rule import Action


class Path(StrEnum):
    """Where something was refused."""

    DOOR = "door"
    INBOX = "inbox"
    POST = "post"


class Refusal(Struct, frozen=True, kw_only=True):
    """A line of the ledger. ``actor``, ``activity``, ``object``: ids; nobody has verified them at the door.

    ``times``: how often, where single ones were not written down. ``kept``: what came is kept, and can be read.
    ``released_at``: when the owner let it in after all.
    """

    id: int
    path: Path
    actor: str
    host: str
    activity: str
    type: str
    object: str
    action: Action
    rule: str
    reason: str
    times: int
    kept: bool
    released_at: datetime | None
    refused_at: datetime
