"""Failures: what the endpoints for programs answer. The authorize page has its own way, for people.

Spec: RFC 6749 §5.2, RFC 6750 §3; CLIENT_API §13 item 13.
"""

import functools
import logging
from collections.abc import Awaitable, Callable

from msgspec import json
from quart import Response

from smallfed import errors
from smallfed.observe.logging import event

log = logging.getLogger(__name__)

STATUS: dict[type[errors.SmallfedError], tuple[int, str]] = {
    errors.Invalid: (400, "invalid_request"),
    errors.TooLarge: (413, "invalid_request"),
    errors.Unauthenticated: (401, "invalid_token"),
    errors.Forbidden: (403, "insufficient_scope"),
    errors.NotFound: (404, "not_found"),
    errors.TooMany: (429, "slow_down"),
    errors.Unavailable: (503, "temporarily_unavailable"),
}
"""The door's one table: kind of error → (status, code of OAuth)."""
REGISTERING: dict[type[errors.SmallfedError], int] = {errors.Malformed: 400, errors.Invalid: 422}
"""What the client API answers otherwise."""


class Refusal(errors.SmallfedError):
    """An error that OAuth has a code for: ``code``, answered with ``status``."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def reply(body: object, *, status: int = 200) -> Response:
    """Return JSON that no cache keeps."""
    response = Response(json.encode(body), status=status, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


Handler = Callable[[], Awaitable[Response]]


def answering(handler: Handler, *, api: bool = False) -> Handler:
    """Wrap a route for programs: errors become answers, in the form of OAuth or (``api``) of the client API."""

    @functools.wraps(handler)
    async def answered() -> Response:
        try:
            return await handler()
        except errors.SmallfedError as error:
            return _refused(error, api=api)

    return answered


def _refused(error: errors.SmallfedError, *, api: bool) -> Response:
    status, code = _status(error)
    if api:
        status = errors.by_kind(REGISTERING, error, status)
    body = {"error": error.message} if api else {"error": code, "error_description": error.message}
    response = reply(body, status=status)
    if isinstance(error, errors.TooMany | errors.Unavailable):
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    if status == 401:
        challenge = 'Bearer error="invalid_token"' if code == "invalid_token" else 'Basic realm="smallfed"'
        response.headers["WWW-Authenticate"] = challenge
    event(log, "oauth.refused", status=status, code=code, error=error)
    return response


def _status(error: errors.SmallfedError) -> tuple[int, str]:
    if isinstance(error, Refusal):
        return error.status, error.code
    return errors.by_kind(STATUS, error, (500, "server_error"))
