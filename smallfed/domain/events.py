"""Events: what has happened, in the past tense.

``services/consequences`` turns them into rows, the hub tells the loops.

Ids are those of the tables. An event carries what its readers cannot look up any more after the fact.
"""

from msgspec import Struct

from smallfed.domain.interaction import Interaction
from smallfed.domain.post import Visibility
from smallfed.domain.reaction import FAVOURITE, Reaction


class Event(Struct, frozen=True, kw_only=True):
    """Something that has happened to the facts."""


# Posts --------------------------------------------------------------------------------------------------------------
class PostPublished(Event, frozen=True, kw_only=True):
    """The owner has posted."""

    post: int


class PostReceived(Event, frozen=True, kw_only=True):
    """A post of somebody else has been stored. ``fresh`` is False for what was only fetched as context."""

    post: int
    fresh: bool


class PostEdited(Event, frozen=True, kw_only=True):
    """A post, ours or another's, has a new version. ``voters``: accounts whose votes in it were made worthless."""

    post: int
    local: bool
    voters: tuple[int, ...] = ()


class OwnerNamed(Event, frozen=True, kw_only=True):
    """A post that was here already names the owner: it was changed, or had only been fetched before it was sent."""

    post: int


class PostDeleted(Event, frozen=True, kw_only=True):
    """A post is gone. For ours, ``audience`` is whom it was addressed to, ``inboxes`` where else it was sent.

    For others' ``shown_by_us`` says that our followers may have it by way of us.
    """

    post: int
    uri: str
    local: bool
    account: int
    audience: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    shown_by_us: bool = False


class PostBoosted(Event, frozen=True, kw_only=True):
    """``account`` has boosted ``post``; ``boost`` is the row of the boost."""

    boost: int
    account: int
    post: int
    local: bool


class BoostUndone(Event, frozen=True, kw_only=True):
    """``account`` takes the boost ``uri`` of ``post`` back; the row ``boost`` is gone."""

    boost: int
    uri: str
    account: int
    post: int
    local: bool
    visibility: Visibility


class PostLiked(Event, frozen=True, kw_only=True):
    """``account`` likes ``post``, or reacts to it. ``instead``: it replaces what they thought of it before."""

    like: int
    account: int
    post: int
    local: bool
    instead: bool = False


class LikeUndone(Event, frozen=True, kw_only=True):
    """``account`` no longer likes ``post``, or takes ``reaction`` back; ``uri`` named the Like."""

    uri: str
    account: int
    post: int
    local: bool
    reaction: Reaction = FAVOURITE


class PostPinned(Event, frozen=True, kw_only=True):
    """The owner's profile shows ``post`` first."""

    post: int


class PostUnpinned(Event, frozen=True, kw_only=True):
    """The owner's profile no longer shows ``post`` first."""

    post: int


# Polls --------------------------------------------------------------------------------------------------------------
class VoteCast(Event, frozen=True, kw_only=True):
    """The owner has voted in the poll of ``post``, for the options at ``positions``."""

    post: int
    positions: tuple[int, ...]


class PollTallied(Event, frozen=True, kw_only=True):
    """The poll of a post, ours or another's, stands differently from what was told last."""

    post: int
    local: bool


class PollEnded(Event, frozen=True, kw_only=True):
    """A poll has ended: ours, or another's in which the owner voted."""

    post: int
    local: bool


class DeadlineSet(Event, frozen=True, kw_only=True):
    """Something is to be done about a poll at its hour."""


class TagFeatured(Event, frozen=True, kw_only=True):
    """The owner's profile shows a hashtag, of this ``name``, written as ``title``."""

    name: str
    title: str


class TagUnfeatured(Event, frozen=True, kw_only=True):
    """The owner's profile no longer shows a hashtag."""

    name: str
    title: str


# Quotes and permissions ---------------------------------------------------------------------------------------------
class QuoteFound(Event, frozen=True, kw_only=True):
    """The post ``post`` of somebody else quotes something that has to be looked at, ``depth`` quotes down."""

    post: int
    depth: int = 0


class QuoteAsked(Event, frozen=True, kw_only=True):
    """The owner's post ``post`` quotes somebody else, whose consent is asked for."""

    post: int


class QuoteSettled(Event, frozen=True, kw_only=True):
    """Something has come of the quote in ``post``, ours or another's."""

    post: int
    local: bool


class PolicyChanged(Event, frozen=True, kw_only=True):
    """The owner has changed who may quote ``post``."""

    post: int


class RequestGranted(Event, frozen=True, kw_only=True):
    """The owner allows ``account`` what ``stamp`` says; ``request`` is answered with an Accept."""

    stamp: int
    account: int
    request: str
    again: bool = False


class RequestDenied(Event, frozen=True, kw_only=True):
    """The owner does not allow ``account`` to do ``interacting`` with ``target``; ``request`` is answered so."""

    kind: Interaction
    account: int
    request: str
    interacting: str
    target: str


class StampRevoked(Event, frozen=True, kw_only=True):
    """The owner no longer allows what a stamp said, which is gone. ``public``: everybody may hear of it."""

    stamp: int
    kind: Interaction
    account: int
    interacting: str
    target: str
    post: int | None
    public: bool


class InteractionApproved(Event, frozen=True, kw_only=True):
    """The reply or boost ``post`` of the owner, which waited for it, has got its author's word."""

    post: int


class ReplyTurnedDown(Event, frozen=True, kw_only=True):
    """The owner's reply ``post`` is not wanted by whom it answers: from now on it is for the owner alone.

    ``audience`` is whom it was addressed to, ``inboxes`` who may have it.
    """

    post: int
    uri: str
    audience: tuple[str, ...]
    inboxes: tuple[str, ...]


# Follows ------------------------------------------------------------------------------------------------------------
class FollowRequested(Event, frozen=True, kw_only=True):
    """Somebody asks to follow the owner, who has to decide. ``uri`` is their Follow's id."""

    follower: int
    uri: str


class FollowAccepted(Event, frozen=True, kw_only=True):
    """Somebody follows the owner now; ``uri`` is answered with an Accept. ``again`` when they were in already."""

    follower: int
    uri: str
    again: bool = False


class FollowRefused(Event, frozen=True, kw_only=True):
    """Somebody may not follow the owner, or not any more; ``uri`` is answered with a Reject."""

    follower: int
    uri: str


class FollowerLost(Event, frozen=True, kw_only=True):
    """Somebody no longer follows the owner, by their own doing."""

    follower: int


class FollowSent(Event, frozen=True, kw_only=True):
    """The owner asks to follow ``target``."""

    target: int
    uri: str


class FollowGranted(Event, frozen=True, kw_only=True):
    """``target`` lets the owner follow."""

    target: int


class FollowDenied(Event, frozen=True, kw_only=True):
    """``target`` does not let the owner follow, or not any more."""

    target: int


class FollowWithdrawn(Event, frozen=True, kw_only=True):
    """The owner no longer follows ``target``; ``uri`` is undone."""

    target: int
    uri: str


class FollowDisowned(Event, frozen=True, kw_only=True):
    """``target`` counts the owner among its followers, who does not follow; ``uri`` is made up for what is undone."""

    target: int
    uri: str


# Keeping distance ---------------------------------------------------------------------------------------------------
class AccountBlocked(Event, frozen=True, kw_only=True):
    """The owner blocks ``target``."""

    target: int
    uri: str


class AccountUnblocked(Event, frozen=True, kw_only=True):
    """The owner no longer blocks ``target``."""

    target: int
    uri: str


class AccountMuted(Event, frozen=True, kw_only=True):
    """The owner mutes ``target``, or no longer does."""

    target: int


class DomainBlocked(Event, frozen=True, kw_only=True):
    """The owner wants nothing of ``domain``, or (``lifted``) does again."""

    domain: str
    lifted: bool


# People -------------------------------------------------------------------------------------------------------------
class AccountSeen(Event, frozen=True, kw_only=True):
    """A remote account was stored or refreshed."""

    account: int
    uri: str


class AccountGone(Event, frozen=True, kw_only=True):
    """A remote account was deleted at its origin."""

    account: int
    uri: str


class ProfileChanged(Event, frozen=True, kw_only=True):
    """The owner's own profile has changed."""

    account: int


class OwnerLeft(Event, frozen=True, kw_only=True):
    """The owner has left, for good."""

    account: int


class EmojisChanged(Event, frozen=True, kw_only=True):
    """The owner's custom emoji are others than before."""


class OwnerDeparted(Event, frozen=True, kw_only=True):
    """The owner lives at ``target`` (an actor id) from now on; ``departure`` is the row of it."""

    departure: int
    target: str


class HouseSetUp(Event, frozen=True, kw_only=True):
    """The owner has set the house up."""

    account: int


# The owner's eyes ---------------------------------------------------------------------------------------------------
class NotificationMade(Event, frozen=True, kw_only=True):
    """The owner is to be told something."""

    notification: int


class DeliveriesQueued(Event, frozen=True, kw_only=True):
    """Something waits to be delivered."""

    hosts: int


class InboundQueued(Event, frozen=True, kw_only=True):
    """Something waits to be understood."""


class ImportQueued(Event, frozen=True, kw_only=True):
    """Lines of a file wait to be imported."""


class FetchQueued(Event, frozen=True, kw_only=True):
    """Something waits to be fetched."""


# Consent ------------------------------------------------------------------------------------------------------------
class TokensRevoked(Event, frozen=True, kw_only=True):
    """These access tokens are worth nothing any more: their streams and pushes end."""

    tokens: tuple[int, ...]


SHOWN: tuple[type[Event], ...] = (
    PostPublished,
    PostEdited,
    PostDeleted,
    PostBoosted,
    BoostUndone,
    PostLiked,
    LikeUndone,
    PostPinned,
    PostUnpinned,
    TagFeatured,
    TagUnfeatured,
    PostReceived,
    PollTallied,
    PollEnded,
    QuoteSettled,
    PolicyChanged,
    RequestGranted,
    StampRevoked,
    InteractionApproved,
    ReplyTurnedDown,
    AccountBlocked,
    AccountUnblocked,
    AccountMuted,
    AccountGone,
    DomainBlocked,
    FollowAccepted,
    FollowerLost,
    FollowRefused,
    FollowGranted,
    FollowDenied,
    FollowWithdrawn,
    ProfileChanged,
    EmojisChanged,
    HouseSetUp,
    OwnerLeft,
)
"""After these, something that strangers can read may be different."""
