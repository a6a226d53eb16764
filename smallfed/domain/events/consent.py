"""Quotes, and who may do what with a post."""

from smallfed.domain.events.event import Event
from smallfed.domain.interaction import Interaction


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


SHOWN: tuple[type[Event], ...] = (
    QuoteSettled,
    PolicyChanged,
    RequestGranted,
    StampRevoked,
    InteractionApproved,
    ReplyTurnedDown,
)
