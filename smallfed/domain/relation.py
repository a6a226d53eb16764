"""Relations between the owner and others."""

from datetime import datetime

from msgspec import Struct


class Follow(Struct, frozen=True, kw_only=True):
    """``follower_id`` follows, or asks to follow, ``target_id``. ``uri`` is the id of the Follow activity.

    ``frozen``: a block of a whole server is in between; it is neither ``accepted`` nor a request until that is lifted.
    """

    id: int
    follower_id: int
    target_id: int
    uri: str
    accepted: bool
    reblogs: bool = True
    notify: bool = False
    languages: tuple[str, ...] | None = None
    created_at: datetime
    frozen: bool = False


class Relationship(Struct, frozen=True, kw_only=True):
    """Everything between the owner and ``account_id``, in the words of the client API."""

    account_id: int
    following: bool = False
    showing_reblogs: bool = False
    notifying: bool = False
    languages: tuple[str, ...] | None = None
    followed_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    muting_expires_at: datetime | None = None
    requested: bool = False
    requested_by: bool = False
    domain_blocking: bool = False
    endorsed: bool = False
    note: str = ""

    @property
    def unwelcome(self) -> bool:
        """Whether there is a block between them, or the owner does not want to hear of them."""
        return self.blocking or self.blocked_by or self.domain_blocking or self.muting
