"""Wishes: what the owner asks to be said, before the house has looked at it."""

from msgspec import Struct

from smallfed.domain.draft import Ballot
from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.domain.medium import Retouch
from smallfed.domain.post import Visibility


class Wish(Struct, frozen=True, kw_only=True):
    """What a client asks to be said, checked by itself; None where it leaves the choice to us.

    ``content_type`` is text/plain or text/markdown.
    """

    text: str
    content_type: str | None = None
    visibility: Visibility | None = None
    local: bool = False
    summary: str = ""
    sensitive: bool | None = None
    language: str | None = None
    in_reply_to_id: int | None = None
    poll: Ballot | None = None
    media: tuple[int, ...] = ()
    retouches: tuple[Retouch, ...] = ()
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    reply_policy: ReplyPolicy | None = None
