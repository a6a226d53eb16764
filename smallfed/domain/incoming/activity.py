"""What all activities have, how they come, and those that say nothing by themselves."""

from datetime import datetime

from msgspec import Struct


class Incoming(Struct, frozen=True, kw_only=True):
    """An activity. ``id`` is None where the sender gave none; ``actor`` is what the body says."""

    id: str | None
    actor: str


class NotUnderstood(Incoming, frozen=True, kw_only=True):
    """An activity we have no meaning for (yet); it is kept with ``reason``."""

    type: str
    reason: str


class Handed(Incoming, frozen=True, kw_only=True):
    """``actor`` hands over what somebody else did: ``activity``, as it stands in ``document``. Nobody believes it yet.

    ``wrapped``: a group announces it (FEP-1b12), and ``id`` is that of the Announce; else it was passed on as it is, or
    the owner of a conversation adds it to that (FEP-171b).
    """

    activity: Incoming
    document: bytes
    wrapped: bool = False


class Arrival(Struct, frozen=True, kw_only=True):
    """How an activity came: ``actor`` said it; ``personal``: at the owner's own inbox.

    ``handed_by`` is who handed it over where that was not its actor, but ``actor`` has said it indeed. ``rate`` is how
    much the server that sent it has sent within the hour, ``relay`` the host of the relay that brought it, if one did.
    """

    actor: str
    personal: bool
    received_at: datetime
    handed_by: str | None = None
    rate: int = 0
    relay: str | None = None
