"""What others may do, and what proves it.

Spec: FEP-044f (quotes), FEP-7aa9 (being featured).
"""

from msgspec import UNSET, Struct, UnsetType

from smallfed.protocol.emitted.thing import Thing


class SubPolicy(Struct, frozen=True, kw_only=True, rename="camel"):
    """Who may do one thing without being asked."""

    automatic_approval: tuple[str, ...]


class InteractionPolicy(Struct, frozen=True, kw_only=True, rename="camel"):
    """What others may do with a post, or an actor; only what we hold them to."""

    can_quote: SubPolicy | UnsetType = UNSET
    can_reply: SubPolicy | UnsetType = UNSET
    can_feature: SubPolicy | UnsetType = UNSET


class Stamp(Thing, frozen=True, kw_only=True, rename="camel"):
    """What the owner allowed: neither the other's object nor ours is embedded."""

    id: str
    type: str
    attributed_to: str
    interacting_object: str
    interaction_target: str
