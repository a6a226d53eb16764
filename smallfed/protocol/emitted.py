"""The documents that we emit, exactly: strict Structs, in the order in which their properties are written.

Absent properties are UNSET. Spec: ActivityPub §3, https://docs.joinmastodon.org/spec/activitypub/, FEP-521a, FEP-844e,
FEP-2c59, FEP-1311.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field


class Thing(Struct, frozen=True, kw_only=True, rename="camel"):
    """Anything with a type. Only the outermost one carries a context."""

    context: Any = field(default=UNSET, name="@context")


class Image(Thing, frozen=True, kw_only=True, rename="camel"):
    """A picture: of an actor, or an emoji."""

    type: str = "Image"
    media_type: str | UnsetType = UNSET
    url: str
    summary: str | UnsetType = UNSET


class PropertyValue(Thing, frozen=True, kw_only=True, rename="camel"):
    """One line of a profile."""

    type: str = "PropertyValue"
    name: str
    value: str


class PublicKey(Struct, frozen=True, kw_only=True, rename="camel"):
    """The RSA key, in the place where everybody looks for it."""

    id: str
    owner: str
    public_key_pem: str


class Multikey(Struct, frozen=True, kw_only=True, rename="camel"):
    """A key of any kind, as FEP-521a has it."""

    id: str
    type: str = "Multikey"
    controller: str
    public_key_multibase: str


class Implemented(Struct, frozen=True, kw_only=True, rename="camel"):
    """A specification that the software implements (FEP-844e)."""

    href: str
    name: str


class Generator(Thing, frozen=True, kw_only=True, rename="camel"):
    """The software behind an actor."""

    type: str = "Application"
    implements: tuple[Implemented, ...]


class Endpoints(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where the whole server is reached."""

    shared_inbox: str


class SubPolicy(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who may do one thing without being asked."""

    automatic_approval: tuple[str, ...]


class InteractionPolicy(Struct, frozen=True, kw_only=True, rename="camel"):
    """What others may do with a post, or an actor; only what we hold them to."""

    can_quote: SubPolicy | UnsetType = UNSET
    can_feature: SubPolicy | UnsetType = UNSET


class Actor(Thing, frozen=True, kw_only=True, rename="camel"):
    """The owner, or the server itself."""

    id: str
    type: str
    preferred_username: str
    webfinger: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    url: str
    published: str | UnsetType = UNSET
    inbox: str
    outbox: str
    followers: str | UnsetType = UNSET
    following: str | UnsetType = UNSET
    liked: str | UnsetType = UNSET
    featured: str | UnsetType = UNSET
    featured_tags: str | UnsetType = UNSET
    endpoints: Endpoints
    manually_approves_followers: bool
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    also_known_as: tuple[str, ...] | UnsetType = UNSET
    moved_to: str | UnsetType = UNSET
    attribution_domains: tuple[str, ...] | UnsetType = UNSET
    show_featured: bool | UnsetType = UNSET
    show_media: bool | UnsetType = UNSET
    show_replies_in_media: bool | UnsetType = UNSET
    interaction_policy: InteractionPolicy | UnsetType = UNSET
    icon: Image | UnsetType = UNSET
    image: Image | UnsetType = UNSET
    tag: tuple[Thing, ...] | UnsetType = UNSET
    attachment: tuple[PropertyValue, ...] | UnsetType = UNSET
    public_key: PublicKey
    assertion_method: tuple[Multikey, ...] | UnsetType = UNSET
    generator: Generator | UnsetType = UNSET


class Tag(Thing, frozen=True, kw_only=True, rename="camel"):
    """A Mention or a Hashtag."""

    type: str
    href: str
    name: str


class ObjectLink(Thing, frozen=True, kw_only=True, rename="camel"):
    """A link to another object in a post, here: to what it quotes (FEP-e232)."""

    type: str = "Link"
    media_type: str = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    rel: str = "https://misskey-hub.net/ns#_misskey_quote"
    href: str


class EmojiTag(Thing, frozen=True, kw_only=True, rename="camel"):
    """A custom emoji, ``name`` with colons; ``updated`` is when it got its picture (FEP-9098)."""

    id: str | UnsetType = UNSET
    type: str = "Emoji"
    name: str
    updated: str | UnsetType = UNSET
    icon: Image


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


class Source(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the owner typed."""

    content: str
    media_type: str


class Collection(Thing, frozen=True, kw_only=True, rename="camel"):
    """A collection or a page of one, ordered or not."""

    id: str | UnsetType = UNSET
    type: str
    attributed_to: str | UnsetType = UNSET
    total_items: int | UnsetType = UNSET
    part_of: str | UnsetType = UNSET
    first: "str | Collection | UnsetType" = UNSET
    next: str | UnsetType = UNSET
    prev: str | UnsetType = UNSET
    items: "tuple[str | Thing, ...] | UnsetType" = UNSET
    ordered_items: "tuple[str | Thing, ...] | UnsetType" = UNSET


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
    attachment: tuple[Document, ...] = ()
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


class Stamp(Thing, frozen=True, kw_only=True, rename="camel"):
    """What the owner allowed: neither the other's object nor ours is embedded."""

    id: str
    type: str
    attributed_to: str
    interacting_object: str
    interaction_target: str


class Tombstone(Thing, frozen=True, kw_only=True, rename="camel"):
    """What was deleted."""

    id: str
    type: str = "Tombstone"


class Activity(Thing, frozen=True, kw_only=True, rename="camel"):
    """Whatever the owner does, or the server itself. The object of a Flag is a list."""

    id: str
    type: str
    actor: str
    published: str | UnsetType = UNSET
    to: tuple[str, ...] | UnsetType = UNSET
    cc: tuple[str, ...] | UnsetType = UNSET
    audience: str | UnsetType = UNSET
    object: "str | tuple[str, ...] | Note | Vote | Actor | Tombstone | Stamp | Tag | Activity"
    target: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    misskey_reaction: str | UnsetType = field(default=UNSET, name="_misskey_reaction")
    tag: tuple[Thing, ...] | UnsetType = UNSET
    instrument: "str | Note | UnsetType" = UNSET
    result: str | UnsetType = UNSET
    approved_by: str | UnsetType = UNSET
    announce_authorization: str | UnsetType = UNSET
