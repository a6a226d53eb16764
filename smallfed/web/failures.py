"""Failures: what people are told, as a page; programs that ask where no other door answers get JSON.

Spec: SAFETY rule 17: what is private and what is absent answer alike.
"""

import logging

from msgspec import json
from quart import Response, has_request_context, request, websocket
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from smallfed import errors
from smallfed.observe.logging import event
from smallfed.pages.answers import message
from smallfed.pages.machines import is_for_machines

log = logging.getLogger(__name__)

STATUS: dict[type[errors.SmallfedError], tuple[int, str]] = {
    errors.Invalid: (400, "That was not understood"),
    errors.TooLarge: (413, "That is too large"),
    errors.Unauthenticated: (403, "This is for the owner"),
    errors.Forbidden: (403, "This cannot go on"),
    errors.NotFound: (404, "Nothing here"),
    errors.Gone: (410, "Gone"),
    errors.Conflict: (409, "That does not fit"),
    errors.TooMany: (429, "Too fast"),
    errors.Unavailable: (503, "Not now"),
}
"""The door's one table: kind of error → (status, title)."""
ABSENT = "There is nothing at this address, or nothing that is for you."
BROKEN = "Something went wrong here. The server's log knows what."
WORDS = {404: ("Nothing here", ABSENT), 405: ("Nothing here", ABSENT), 500: ("Our fault", BROKEN)}


def register(app: QuartTrio) -> None:
    """Answer the errors that leave a route of ``app``."""
    app.register_error_handler(errors.SmallfedError, refuse)
    app.register_error_handler(HTTPException, fail)


async def refuse(error: errors.SmallfedError) -> Response:
    """Answer an error of the house."""
    status, title = errors.by_kind(STATUS, error, (500, "Our fault"))
    event(log, "page.refused", status=status, path=request.path, error=error)
    text = ABSENT if isinstance(error, errors.NotFound) else error.message
    response = _answer(status, title, text)
    if isinstance(error, errors.TooMany | errors.Unavailable):
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response


async def fail(error: HTTPException) -> Response:
    """Answer an error of HTTP; Quart logs our own mistakes before."""
    status = error.code or 500
    if is_for_machines(_path()):
        response = _answer(status, error.name, error.name)
    else:
        response = _answer(status, *WORDS.get(status, (error.name, error.description or error.name)))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _answer(status: int, title: str, text: str) -> Response:
    if is_for_machines(_path()):
        return Response(json.encode({"error": text}), status=status, content_type="application/json; charset=utf-8")
    return message(title, text, status=status, home=status in (404, 405, 410))


def _path() -> str:
    """Return what was asked for, be it for a websocket."""
    return request.path if has_request_context() else websocket.path
