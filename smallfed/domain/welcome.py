"""Whom an owner lets in without looking who decides otherwise about each follower."""

from datetime import timedelta

from msgspec import Struct


class Welcome(Struct, frozen=True, kw_only=True):
    """The options of ``[follow_requests]``, by the same names. At first nobody is let in by themselves."""

    accept_followed: bool = False
    accept_after_days: int = 0
    needs_profile: bool = True


class Asking(Struct, frozen=True, kw_only=True):
    """Who asks, as far as it matters.

    ``open``: the owner lets in everybody. ``doubted``: by a rule of the owner's, or because too many ask at once.
    """

    open: bool = False
    followed: bool = False
    known_for: timedelta = timedelta()
    has_picture: bool = False
    says_something: bool = False
    muted: bool = False
    limited: bool = False
    doubted: bool = False
