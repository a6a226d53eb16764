"""Activities about posts of others: what is thought of them, and what is wished to be done with them."""

from datetime import datetime

from smallfed.domain.incoming.activity import Incoming
from smallfed.domain.incoming.posts import IncomingPost
from smallfed.domain.interaction import Interaction
from smallfed.domain.reaction import FAVOURITE, Reaction


class Like(Incoming, frozen=True, kw_only=True):
    """``actor`` likes ``object``, or whatever else ``reaction`` says."""

    object: str
    reaction: Reaction = FAVOURITE


class Announce(Incoming, frozen=True, kw_only=True):
    """``actor`` boosts ``object``. ``to`` and ``cc`` are the boost's own audience."""

    object: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    published_at: datetime | None = None


class Request(Incoming, frozen=True, kw_only=True):
    """``actor`` asks to do something with ``object``: ``instrument`` is the id of what they would do.

    ``post`` is the quote or reply itself where it came along, ``announce`` the boost.
    """

    kind: Interaction
    object: str
    instrument: str
    post: IncomingPost | None = None
    announce: Announce | None = None
