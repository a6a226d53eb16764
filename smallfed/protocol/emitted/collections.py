"""Collections.

Spec: ActivityPub §5.
"""

from msgspec import UNSET, UnsetType

from smallfed.protocol.emitted.thing import Thing


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
