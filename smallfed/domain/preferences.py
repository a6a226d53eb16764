"""Preferences: what the owner wants others to do and to see, and what apps are to show the owner."""

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from smallfed.domain.interaction import QuotePolicy, ReplyPolicy


class Seen(StrEnum):
    """To whom counts are shown. ``NOBODY``: not even to the owner, whose apps are told 0, also of others' posts."""

    EVERYBODY = "everybody"
    ME = "me"
    NOBODY = "nobody"


class Preferences(Struct, frozen=True, kw_only=True):
    """``quotes`` and ``replies``: who may quote and answer posts from now on. ``boosts``: whether those of people whom
    the owner follows from now on stand at home. ``follow_counts``: how many follow, and are followed; ``post_counts``:
    how many like, boost and quote a post.
    """  # noqa: D205

    quotes: QuotePolicy = QuotePolicy.PUBLIC
    replies: ReplyPolicy = ReplyPolicy.PUBLIC
    boosts: bool = True
    follow_counts: Seen = Seen.EVERYBODY
    post_counts: Seen = Seen.EVERYBODY


class PreferencesChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is set is changed, the rest stays."""

    quotes: QuotePolicy | UnsetType = UNSET
    replies: ReplyPolicy | UnsetType = UNSET
    boosts: bool | UnsetType = UNSET
    follow_counts: Seen | UnsetType = UNSET
    post_counts: Seen | UnsetType = UNSET


class Discretion(Struct, frozen=True, kw_only=True):
    """Which counts are kept from somebody."""

    follows: bool = False
    posts: bool = False


def discretion(wanted: Preferences, *, towards_owner: bool) -> Discretion:
    """Return which counts are kept from the owner, or from everybody else."""
    shown = (Seen.EVERYBODY, Seen.ME) if towards_owner else (Seen.EVERYBODY,)
    return Discretion(follows=wanted.follow_counts not in shown, posts=wanted.post_counts not in shown)
