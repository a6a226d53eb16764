"""What everything has that we emit, and what it may carry: pictures, tags, links.

Spec: Activity Streams vocabulary; FEP-e232 (links as tags), FEP-9098 (emoji).
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
