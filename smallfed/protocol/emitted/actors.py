"""The owner, and the server itself.

Spec: ActivityPub §4; FEP-521a (keys), FEP-844e (the software), FEP-2c59 (the handle).
"""

from msgspec import UNSET, Struct, UnsetType

from smallfed.protocol.emitted.consent import InteractionPolicy
from smallfed.protocol.emitted.thing import Image, Thing


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
