"""The kinds of errors of the house: what went wrong, told to two audiences.

A kind is raised where the fact is known and turned into an answer at a door, which owns one table from kinds to
status codes. ``message`` is for whoever asked and says what to do; ``detail`` is for the log only.
"""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class SmallfedError(Exception):
    """Anything the house can say clearly. Doors catch this; everything else is a bug."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class Invalid(SmallfedError):
    """The input cannot be accepted as it is; the message says what would be."""


class Malformed(Invalid):
    """The input is not even of the form it claims (broken JSON, broken header)."""


class TooLarge(SmallfedError):
    """The input is beyond a documented limit."""


class Unauthenticated(SmallfedError):
    """Nobody, or nobody we believe, is asking."""


class Forbidden(SmallfedError):
    """We know who is asking, and the answer is no."""


class NotFound(SmallfedError):
    """Absent, or not for the one who asks: the two must look the same."""


class Gone(SmallfedError):
    """It was here and was deleted on purpose."""


class Conflict(SmallfedError):
    """The request contradicts what is stored."""


class TooMany(SmallfedError):
    """A limit on frequency was reached."""

    def __init__(self, message: str, *, retry_after: float, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class Unavailable(SmallfedError):
    """We cannot do it now (disk full, queue full, shutting down); asking again later is right."""

    def __init__(self, message: str, *, retry_after: float = 60.0, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after


class Unreachable(SmallfedError):
    """Another server did not answer, or answered what we do not take. ``message`` says why."""


class Misconfigured(SmallfedError):
    """An option, file or flag is wrong; the message names it, with the line, and what to write instead."""


def by_kind(table: Mapping[type[SmallfedError], T], error: SmallfedError, otherwise: T) -> T:
    """Return what a door's table says of an error's kind, or of the nearest kind above it."""
    return next((table[kind] for kind in type(error).__mro__ if kind in table), otherwise)
