"""Posts, and what is done with them."""

from smallfed.domain.events.event import Event
from smallfed.domain.post import Visibility
from smallfed.domain.reaction import FAVOURITE, Reaction


class PostPublished(Event, frozen=True, kw_only=True):
    """The owner has posted."""

    post: int


class PostReceived(Event, frozen=True, kw_only=True):
    """A post of somebody else has been stored. ``fresh`` is False for what was only fetched as context.

    ``relayed``: it was fetched because a relay knows of it: it is new, and nothing is looked for because of it.
    ``dated``: it was not sent but read where it stands, so that it may have been there for long.
    """

    post: int
    fresh: bool
    relayed: bool = False
    dated: bool = False


class PostEdited(Event, frozen=True, kw_only=True):
    """A post, ours or another's, has a new version. ``voters``: accounts whose votes in it were made worthless."""

    post: int
    local: bool
    voters: tuple[int, ...] = ()


class PostSent(Event, frozen=True, kw_only=True):
    """A post that was here already has been sent to us: it had only been fetched, or it came by another way as well."""

    post: int


class OwnerNamed(Event, frozen=True, kw_only=True):
    """A post that was here already names the owner: it was changed, or had only been fetched before it was sent."""

    post: int


class PostDeleted(Event, frozen=True, kw_only=True):
    """A post is gone. For ours, ``audience`` is whom it was addressed to, ``inboxes`` where else it was sent.

    For others' ``shown_by_us`` says that our followers may have it by way of us. The rows ``boosts`` went with it.
    """

    post: int
    uri: str
    local: bool
    account: int
    audience: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    shown_by_us: bool = False
    boosts: tuple[int, ...] = ()


class PostsHidden(Event, frozen=True, kw_only=True):
    """``posts``, the newest of somebody and boosts of theirs, stand in home no more: who wrote them is gone."""

    posts: tuple[int, ...]


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


class PostBookmarked(Event, frozen=True, kw_only=True):
    """The owner has bookmarked ``post``."""

    post: int


class PostPinned(Event, frozen=True, kw_only=True):
    """The owner's profile shows ``post`` first."""

    post: int


class PostUnpinned(Event, frozen=True, kw_only=True):
    """The owner's profile no longer shows ``post`` first."""

    post: int


class PictureWithheld(Event, frozen=True, kw_only=True):
    """Somebody else's ``post``, or a face or page (None), shows a picture less, which was purged. It is no edit."""

    post: int | None = None


class PageRead(Event, frozen=True, kw_only=True):
    """What a page says to which a post of the owner links is known now, or is other than before."""


class PostScheduled(Event, frozen=True, kw_only=True):
    """The owner has put a post off, until an hour or as a draft, or changed until when."""


SHOWN: tuple[type[Event], ...] = (
    PostPublished,
    PostReceived,
    PostEdited,
    PostDeleted,
    PostBoosted,
    BoostUndone,
    PostLiked,
    LikeUndone,
    PostPinned,
    PostUnpinned,
    PictureWithheld,
    PageRead,
)
