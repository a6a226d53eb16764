"""What everybody may keep: validators and lifetimes of our public objects.

Spec: RFC 9111, RFC 9110 §8.8 (ETag), §13 (conditional requests).
"""

from smallfed.federation.exchange import Reply, Request
from smallfed.pages import validators
from smallfed.protocol.negotiation import CONTENT_TYPE

PUBLIC = "public, max-age=60, stale-while-revalidate=600"


def cacheable(body: bytes, *, content_type: str = CONTENT_TYPE, keep: str = PUBLIC) -> Reply:
    """Return a public document with its validator, for us, for proxies and for other servers to ``keep``."""
    headers = (
        ("cache-control", keep),
        ("etag", validators.etag(body)),
        ("vary", "Accept"),
        ("access-control-allow-origin", "*"),
    )
    return Reply(body=body, content_type=content_type, headers=headers)


def validated(reply: Reply, request: Request) -> Reply:
    """Return 304 instead of ``reply`` when whoever asks has it already. For public replies only."""
    etag = next((value for name, value in reply.headers if name == "etag"), None)
    if reply.status != 200 or etag is None or not knows(request, etag):
        return reply
    return Reply(status=304, content_type=reply.content_type, headers=reply.headers)


def knows(request: Request, etag: str) -> bool:
    """Whether whoever asks has the version ``etag`` already."""
    return validators.knows(request.header("if-none-match"), etag)
