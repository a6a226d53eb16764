"""Profiles: what the owner changes about how others see them."""

from msgspec import UNSET, Struct, UnsetType

from smallfed.domain.account import Field, Kind
from smallfed.domain.interaction import QuotePolicy
from smallfed.domain.post import Visibility


class ProfileChange(Struct, frozen=True, kw_only=True):
    """What is set is changed, the rest stays.

    ``note`` and the values of ``fields`` are sanitised HTML; ``note_source`` and ``fields_source`` (name, value) are
    what was typed. ``visibility``, ``sensitive``, ``language`` and ``quote_policy`` are the defaults for posts.
    """

    name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    note_source: str | UnsetType = UNSET
    fields: tuple[Field, ...] | UnsetType = UNSET
    fields_source: tuple[tuple[str, str], ...] | UnsetType = UNSET
    avatar: str | UnsetType | None = UNSET
    header: str | UnsetType | None = UNSET
    kind: Kind | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    discoverable: bool | UnsetType = UNSET
    indexable: bool | UnsetType = UNSET
    hide_collections: bool | UnsetType = UNSET
    attribution_domains: tuple[str, ...] | UnsetType = UNSET
    avatar_description: str | UnsetType = UNSET
    header_description: str | UnsetType = UNSET
    show_media: bool | UnsetType = UNSET
    show_media_replies: bool | UnsetType = UNSET
    show_featured: bool | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    language: str | UnsetType | None = UNSET
    quote_policy: QuotePolicy | UnsetType = UNSET
