"""The posts of the owner, and what is left of them.

Spec: ActivityPub §3; FEP-1311 (media).
"""

from msgspec import UNSET, Struct, UnsetType, field

from smallfed.protocol.emitted.collections import Collection
from smallfed.protocol.emitted.consent import InteractionPolicy
from smallfed.protocol.emitted.thing import Image, Thing


class Document(Thing, frozen=True, kw_only=True, rename="camel"):
    """An attached file. The description goes into ``name`` *and* ``summary``: servers read one or the other."""

    type: str = "Document"
    media_type: str
    url: str
    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    blurhash: str | UnsetType = UNSET
    focal_point: tuple[float, float] | UnsetType = UNSET
    width: int | UnsetType = UNSET
    height: int | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    icon: Image | UnsetType = UNSET


class Preview(Thing, frozen=True, kw_only=True, rename="camel"):
    """What stands on a page that is attached (FEP-8967)."""

    type: str
    name: str
    summary: str | UnsetType = UNSET
    image: Image | UnsetType = UNSET


class AttachedLink(Thing, frozen=True, kw_only=True, rename="camel"):
    """A page that a post is about, to be shown as a card (FEP-8967)."""

    type: str = "Link"
    href: str
    media_type: str
    name: str | UnsetType = UNSET
    preview: Preview | UnsetType = UNSET


class Source(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the owner typed."""

    content: str
    media_type: str


class Option(Thing, frozen=True, kw_only=True, rename="camel"):
    """A choice in a poll; ``replies`` says how many have made it."""

    type: str = "Note"
    name: str
    replies: Collection


class Note(Thing, frozen=True, kw_only=True, rename="camel"):
    """A post of the owner; a Question when it has a poll."""

    id: str
    type: str = "Note"
    attributed_to: str
    in_reply_to: str | UnsetType = UNSET
    conversation_url: str | UnsetType = field(default=UNSET, name="context")
    conversation: str | UnsetType = UNSET
    published: str
    updated: str | UnsetType = UNSET
    url: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    audience: str | UnsetType = UNSET
    direct_message: bool | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    sensitive: bool
    content: str
    content_map: dict[str, str] | UnsetType = UNSET
    source: Source | UnsetType = UNSET
    quote: str | UnsetType = UNSET
    quote_url: str | UnsetType = UNSET
    quote_uri: str | UnsetType = UNSET
    misskey_quote: str | UnsetType = field(default=UNSET, name="_misskey_quote")
    quote_authorization: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET
    reply_authorization: str | UnsetType = UNSET
    interaction_policy: InteractionPolicy | UnsetType = UNSET
    tag: tuple[Thing, ...] = ()
    attachment: tuple[Document | AttachedLink, ...] = ()
    one_of: tuple[Option, ...] | UnsetType = UNSET
    any_of: tuple[Option, ...] | UnsetType = UNSET
    end_time: str | UnsetType = UNSET
    closed: str | UnsetType = UNSET
    voters_count: int | UnsetType = UNSET
    replies: Collection
    likes: Collection
    shares: Collection


class Vote(Thing, frozen=True, kw_only=True, rename="camel"):
    """The owner's vote: the name of an option in reply to the Question, and nothing that could be shown as a post."""

    id: str
    type: str = "Note"
    attributed_to: str
    to: tuple[str, ...]
    in_reply_to: str
    name: str
    published: str


class Tombstone(Thing, frozen=True, kw_only=True, rename="camel"):
    """What was deleted."""

    id: str
    type: str = "Tombstone"
