"""Posts as their authors say them."""

from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account, Emoji
from smallfed.domain.card import Attached
from smallfed.domain.incoming.consent import IncomingQuote
from smallfed.domain.incoming.polls import IncomingPoll
from smallfed.domain.interaction import Policy
from smallfed.domain.post import Attachment


class IncomingMention(Struct, frozen=True, kw_only=True):
    """A Mention tag: ``href`` is an actor id (sometimes a profile page), ``name`` as written, maybe empty."""

    href: str
    name: str = ""


class IncomingVersion(Struct, frozen=True, kw_only=True):
    """What a post was like from ``made_at`` on, until it was edited."""

    made_at: datetime
    content: str = ""
    summary: str = ""
    sensitive: bool = False
    attachments: tuple[Attachment, ...] = ()


class IncomingPost(Struct, frozen=True, kw_only=True):
    """A Note or something like it. ``to`` and ``cc`` hold the full Public IRI; attachment ids are 0.

    ``vote`` is True for a Note that is a poll vote (``name`` set and no content). ``links``: objects that tags name.
    ``page`` is attached, to be shown as a card; what is said of it is its author's word.
    """

    uri: str
    author: str
    kind: str
    url: str | None = None
    content: str = ""
    summary: str = ""
    title: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to: str | None = None
    context: str | None = None
    audience: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    mentions: tuple[IncomingMention, ...] = ()
    hashtags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    page: Attached | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    likes_claimed: int | None = None
    boosts_claimed: int | None = None
    replies_claimed: int | None = None
    direct: bool = False  # litepub's directMessage: true
    vote: bool = False
    poll: IncomingPoll | None = None
    quote: IncomingQuote | None = None
    policy: Policy | None = None
    former: tuple[IncomingVersion, ...] = ()
    raw: bytes = b""

    def names(self, who: Account) -> bool:
        """Whether somebody is mentioned, by their id or the address of their profile."""
        return any(mention.href in (who.uri, who.url) for mention in self.mentions)

    def is_to(self, who: Account) -> bool:
        """Whether somebody is addressed by their id."""
        return who.uri in self.to or who.uri in self.cc


class Shown(Struct, frozen=True, kw_only=True):
    """A group shows in its outbox what somebody else has posted in it: ``post`` is as its author wrote it."""

    post: IncomingPost
