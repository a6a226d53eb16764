"""Which addresses are for programs: they get JSON for every error, and may be asked by any web page without cookies.

Spec: CLIENT_API §13 items 13, 18 and 19. The authorize page is for people and is never among them.
"""

import re

from quart import Response, g, request

from smallfed.runtime.clock import chance

_PREFIXES = ("/api/", "/.well-known/", "/nodeinfo/", "/media/")
_PATHS = frozenset({"/api", "/oauth/token", "/oauth/token/info", "/oauth/revoke", "/oauth/userinfo"})
_EXPOSED = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Mastodon-Async-Refresh"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def is_for_machines(path: str) -> bool:
    """Whether programs ask here."""
    return path.startswith(_PREFIXES) or path.rstrip("/") in _PATHS


async def preflight() -> Response | None:
    """Tell a browser that asks first what its pages may send; no token is wanted for that."""
    if request.method != "OPTIONS" or not is_for_machines(request.path):
        return None
    response = Response(b"", status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def let_pages_ask(response: Response) -> None:
    """Let scripts of any origin read this answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    response.headers["X-Request-Id"] = request_id()


def request_id() -> str:
    """Return the name of the request that is being answered: the one it brought, or one of ours. The log knows it."""
    if "request_id" not in g:
        brought = request.headers.get("X-Request-Id", "")
        g.request_id = brought if _REQUEST_ID.fullmatch(brought) else f"{chance(64):016x}"
    name: str = g.request_id
    return name
