"""Failures: the door's one table, from kinds of errors to answers. All of them are JSON.

Spec: CLIENT_API §13 item 13: 401 logs people out in several apps, so it means a bad token and nothing else.
"""

import logging

from smallfed import errors
from smallfed.mastodon.entities import Entity
from smallfed.mastodon.replying import Reply
from smallfed.observe.logging import event

log = logging.getLogger(__name__)

STATUS: dict[type[errors.SmallfedError], int] = {
    errors.Malformed: 400,
    errors.Invalid: 422,
    errors.TooLarge: 413,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 404,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Unreachable: 503,
}


class Error(Entity, frozen=True, kw_only=True):
    """What went wrong, for people."""

    error: str


def reply(error: errors.SmallfedError) -> Reply:
    """Return the answer to an error of the house."""
    status = errors.by_kind(STATUS, error, 500)
    headers: dict[str, str] = {}
    if isinstance(error, errors.TooMany | errors.Unavailable):
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if status >= 500 or error.detail:
        event(log, "api.refused", status=status, error=error)
    return Reply(body=Error(error=error.message), status=status, headers=headers)


def not_found() -> Reply:
    """Return the answer of a path that is not there."""
    return Reply(body=Error(error="Not found"), status=404)


def not_allowed(methods: str) -> Reply:
    """Return the answer to a method that a path does not have; ``methods`` are those it has."""
    return Reply(body=Error(error=f"This takes {methods} only"), status=405, headers={"Allow": methods})


def bug() -> Reply:
    """Return the answer to our own mistake."""
    return Reply(body=Error(error="Something went wrong here; the server's log knows what."), status=500)
