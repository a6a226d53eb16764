"""Filters: what the owner does not want to meet unwarned."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Context(StrEnum):
    """Where apps apply a filter, in the words of the client API."""

    HOME = "home"
    NOTIFICATIONS = "notifications"
    PUBLIC = "public"
    THREAD = "thread"
    ACCOUNT = "account"


class Action(StrEnum):
    """What apps do with a post that a filter matches: show a warning first, do not show it, or blur its pictures."""

    WARN = "warn"
    HIDE = "hide"
    BLUR = "blur"


class Filter(Struct, frozen=True, kw_only=True):
    """A group of keywords and posts under one title. ``expires_at`` None: it holds for ever."""

    id: int
    title: str
    contexts: tuple[Context, ...]
    action: Action = Action.WARN
    expires_at: datetime | None = None
    created_at: datetime


class Keyword(Struct, frozen=True, kw_only=True):
    """Something that the text of a post contains; with ``whole_word`` not as a part of a longer word."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool = True


class FilteredPost(Struct, frozen=True, kw_only=True):
    """A single post that a filter matches, and boosts of it."""

    id: int
    filter_id: int
    post_id: int
