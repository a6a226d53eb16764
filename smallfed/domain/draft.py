"""Drafts: what the owner is about to say, rendered already."""

from msgspec import Struct

from smallfed.domain.card import Attached
from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.domain.medium import Retouch
from smallfed.domain.post import Visibility


class Ballot(Struct, frozen=True, kw_only=True):
    """The poll of a draft. ``options`` are plain text, ``lasts`` is in seconds from publication."""

    options: tuple[str, ...]
    lasts: int
    multiple: bool = False
    hide_totals: bool = False


class Draft(Struct, frozen=True, kw_only=True):
    """A post before it is published, or its next version.

    ``text`` is as typed (of ``content_type`` text/plain or text/markdown), ``html`` what it became, sanitised.
    ``mentions`` are account ids, ``hashtags`` names without #, NFKC and lower case, ``shortcodes`` what may be custom
    emoji in everything that is said. ``media`` are ids in their order, ``retouches`` change what is said about them.
    ``page`` is what the first link leads to, where that was read just now. ``idempotency`` is (token id, key).
    ``quote_policy`` and ``reply_policy`` None: as the owner prefers it, in an edit as it was. An edit ignores
    ``visibility``, ``in_reply_to_id``, ``quoted_id``, ``application`` and ``idempotency``.
    """

    text: str
    content_type: str = "text/plain"
    html: str
    mentions: tuple[int, ...] = ()
    hashtags: tuple[str, ...] = ()
    shortcodes: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    summary: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    poll: Ballot | None = None
    page: Attached | None = None
    media: tuple[int, ...] = ()
    retouches: tuple[Retouch, ...] = ()
    quoted_id: int | None = None
    quote_policy: QuotePolicy | None = None
    reply_policy: ReplyPolicy | None = None
    application: str | None = None
    idempotency: tuple[int, str] | None = None
