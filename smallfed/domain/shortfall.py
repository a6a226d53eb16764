"""Shortfalls: what an app asked for and this server does not have."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class What(StrEnum):
    """In which way an app was let down."""

    STUB = "stub"  # it was answered with the empty thing
    ERROR = "error"  # it was answered with a status that says it asked wrongly, or we cannot
    PARAMETER = "parameter"  # it said something that nobody here has looked at


class Shortfall(Struct, frozen=True, kw_only=True):
    """Names only, never values. ``known``: the app had a token; else ``app`` is what its User-Agent says first.

    ``route`` is the path as it is declared; ``name`` that of the parameter, or the status.
    """

    app: str
    known: bool
    method: str
    route: str
    what: What
    name: str = ""


class Noted(Struct, frozen=True, kw_only=True):
    """A shortfall, how often, and when."""

    shortfall: Shortfall
    count: int
    first_at: datetime
    last_at: datetime
