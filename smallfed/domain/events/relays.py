"""Relays: who passes posts on to us, and ours to others."""

from smallfed.domain.events.event import Event


class RelaysChanged(Event, frozen=True, kw_only=True):
    """Which relays there are, or what holds for one of them, has changed."""


class RelayAsked(RelaysChanged, frozen=True, kw_only=True):
    """A relay is asked to pass on to us; it is known by now of what kind it is, and where its inbox is."""

    relay: int


class RelayLeft(RelaysChanged, frozen=True, kw_only=True):
    """A relay is to pass nothing on any more. The row is gone: this is what there was to know of it."""

    follow: str
    style: str
    inbox: str
    actor: str | None


class RelayFollows(RelaysChanged, frozen=True, kw_only=True):
    """A relay of the owner's follows ``object``, one of the server's two actors, by the Follow ``uri``."""

    relay: int
    uri: str
    object: str


class RelayedQueued(Event, frozen=True, kw_only=True):
    """Something that a relay has brought waits to be looked at."""


SHOWN: tuple[type[Event], ...] = (RelaysChanged,)
"""After these, something that strangers can read may be different: how many relays follow us, and we them."""
