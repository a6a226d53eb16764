"""Which addresses are for programs: they get JSON for every error, and may be asked by any web page without cookies.

Spec: CLIENT_API §13 items 13 and 18. The authorize page is for people and is never among them.
"""

from quart import Response

_PREFIXES = ("/api/", "/.well-known/", "/nodeinfo/")
_PATHS = frozenset({"/oauth/token", "/oauth/token/info", "/oauth/revoke", "/oauth/userinfo"})
_EXPOSED = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Mastodon-Async-Refresh"


def is_for_machines(path: str) -> bool:
    """Whether programs ask here."""
    return path.startswith(_PREFIXES) or path.rstrip("/") in _PATHS


def let_pages_ask(response: Response, method: str) -> None:
    """Let scripts of any origin read this answer; with OPTIONS, tell them what they may send."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response.headers["Access-Control-Max-Age"] = "86400"
