"""Entities about filters.

Spec: CLIENT_API §14: FilterV2, FilterKeyword, FilterStatus, FilterResult, FilterV1.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from smallfed.mastodon.entities.kinds import Entity, Id, Moment, Name

ContextName = Literal["home", "notifications", "public", "thread", "account"]
ActionName = Literal["warn", "hide", "blur"]


class FilterKeyword(Entity, frozen=True, kw_only=True):
    """Something that the text of a post contains."""

    id: Id
    keyword: Name
    whole_word: bool


class FilterStatus(Entity, frozen=True, kw_only=True):
    """A single post that a filter matches."""

    id: Id
    status_id: Id


class Filter(Entity, frozen=True, kw_only=True):
    """A filter. What it looks for is missing where it is only said that it matches."""

    id: Id
    title: str
    context: list[ContextName]
    expires_at: Moment | None
    filter_action: ActionName
    keywords: list[FilterKeyword] | UnsetType = UNSET
    statuses: list[FilterStatus] | UnsetType = UNSET


class FilterResult(Entity, frozen=True, kw_only=True):
    """A filter that matches a post: by these words, as they are written there, by the post itself, or by both."""

    filter: Filter
    keyword_matches: list[Name] | None
    status_matches: list[Id] | None


class SingleFilter(Entity, frozen=True, kw_only=True):
    """A keyword as the filter that it was in the first version of the API."""

    id: Id
    phrase: Name
    context: list[ContextName]
    expires_at: Moment | None
    irreversible: bool
    whole_word: bool
