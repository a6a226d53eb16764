"""Refusals: what was not let in, and by which rule."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from smallfed.domain.knock import NOBODY, OTHERS
from smallfed.domain.rule import Action

MANY = "(more)"
"""The type of a line that only says how many there were beside those that were written down."""


class Path(StrEnum):
    """Where something was refused; a ``KNOCK`` before anybody was believed (see ``knock``)."""

    DOOR = "door"
    KNOCK = "knock"
    INBOX = "inbox"
    POST = "post"


class Refusal(Struct, frozen=True, kw_only=True):
    """A line of the ledger. ``actor``, ``activity``, ``object``: ids; nobody has verified them at the door.

    A knock has none of them; its ``host`` is only what somebody says, and its ``type`` the method of the request.
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

    @property
    def who(self) -> str:
        """Whom it is by: an id, or of a knock what they say of themselves, in words."""
        if self.path is not Path.KNOCK:
            return self.actor
        return {NOBODY: "nobody says who", OTHERS: "many more names"}.get(self.host, f"says to be of {self.host}")
