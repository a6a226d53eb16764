"""Events: what has happened, in the past tense. ``services/consequences`` turns them into rows, the hub tells the loops.

Ids are those of the tables. An event carries what its readers cannot look up any more after the fact.
"""

from msgspec import Struct


class Event(Struct, frozen=True, kw_only=True):
    """Something that has happened to the facts."""


# Posts --------------------------------------------------------------------------------------------------------------
class PostPublished(Event):
    """The owner has posted."""

    post: int


class PostReceived(Event):
    """A post of somebody else has been stored. ``fresh`` is False for what was only fetched as context."""

    post: int
    fresh: bool


class PostEdited(Event):
    """A post, ours or another's, has a new version."""

    post: int
    local: bool


class PostDeleted(Event):
    """A post is gone. ``recipients`` are the account ids that had been sent it, for ours; ``public`` says who may know."""

    post: int
    uri: str
    local: bool
    account: int
    audience: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()


class PostBoosted(Event):
    """``account`` has boosted ``post``; ``boost`` is the row of the boost."""

    boost: int
    account: int
    post: int
    local: bool


class BoostUndone(Event):
    """``account`` takes the boost ``uri`` of ``post`` back; the row ``boost`` is gone."""

    boost: int
    uri: str
    account: int
    post: int
    local: bool


class PostLiked(Event):
    """``account`` likes ``post``."""

    like: int
    account: int
    post: int
    local: bool


class LikeUndone(Event):
    """``account`` no longer likes ``post``; ``uri`` named the Like."""

    uri: str
    account: int
    post: int
    local: bool


# Follows ------------------------------------------------------------------------------------------------------------
class FollowRequested(Event):
    """Somebody asks to follow the owner, who has to decide. ``uri`` is their Follow's id."""

    follower: int
    uri: str


class FollowAccepted(Event):
    """Somebody follows the owner now; ``uri`` is answered with an Accept. ``again`` when they were in already."""

    follower: int
    uri: str
    again: bool = False


class FollowRefused(Event):
    """Somebody may not follow the owner, or not any more; ``uri`` is answered with a Reject."""

    follower: int
    uri: str


class FollowerLost(Event):
    """Somebody no longer follows the owner, by their own doing."""

    follower: int


class FollowSent(Event):
    """The owner asks to follow ``target``."""

    target: int
    uri: str


class FollowGranted(Event):
    """``target`` lets the owner follow."""

    target: int


class FollowDenied(Event):
    """``target`` does not let the owner follow, or not any more."""

    target: int


class FollowWithdrawn(Event):
    """The owner no longer follows ``target``; ``uri`` is undone."""

    target: int
    uri: str


# Keeping distance ---------------------------------------------------------------------------------------------------
class AccountBlocked(Event):
    """The owner blocks ``target``."""

    target: int
    uri: str


class AccountUnblocked(Event):
    """The owner no longer blocks ``target``."""

    target: int
    uri: str


class AccountMuted(Event):
    """The owner mutes ``target``, or no longer does."""

    target: int


class DomainBlocked(Event):
    """The owner wants nothing of ``domain``, or (``lifted``) does again."""

    domain: str
    lifted: bool


# People -------------------------------------------------------------------------------------------------------------
class AccountSeen(Event):
    """A remote account was stored or refreshed."""

    account: int
    uri: str


class AccountGone(Event):
    """A remote account was deleted at its origin."""

    account: int
    uri: str


class ProfileChanged(Event):
    """The owner's own profile has changed."""

    account: int


class HouseSetUp(Event):
    """The owner has set the house up."""

    account: int


# The owner's eyes ---------------------------------------------------------------------------------------------------
class NotificationMade(Event):
    """The owner is to be told something."""

    notification: int


class DeliveriesQueued(Event):
    """Something waits to be delivered."""

    hosts: int


class InboundQueued(Event):
    """Something waits to be understood."""


class FetchQueued(Event):
    """Something waits to be fetched."""


# Consent ------------------------------------------------------------------------------------------------------------
class TokensRevoked(Event):
    """These access tokens are worth nothing any more: their streams and pushes end."""

    tokens: tuple[int, ...]
