"""Replying: an answer as bytes, with the headers that all answers of the API have.

Spec: CLIENT_API §13 items 16–19; SAFETY rule 18. Encoding is msgspec's: a timeline of 40 takes some microseconds.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, json
from quart import current_app
from quart.wrappers import Response

_ENCODER = json.Encoder()

REFRESH = "Mastodon-Async-Refresh"
EXPOSED = f"Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id, {REFRESH}"
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": EXPOSED,
}


class Reply(Struct, frozen=True, kw_only=True):
    """An answer that is more than its body."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = {}


class Part(Struct, frozen=True, kw_only=True):
    """A part of a long list: what is shown, and the ids of its rows, newest first, by which one goes on."""

    items: object
    ids: Sequence[int]


def response(reply: Reply) -> Response:
    """Return what Quart sends."""
    return _made(_ENCODER.encode(reply.body), reply.status, {**HEADERS, **reply.headers})


def _made(body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    made: Response = current_app.response_class(body, status, dict(headers))
    return made
