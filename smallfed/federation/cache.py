"""What everybody may keep: validators and lifetimes of our public objects.

Spec: RFC 9111, RFC 9110 §8.8 (ETag), §13 (conditional requests).
"""

from hashlib import sha256

from smallfed.federation.exchange import Reply, Request
from smallfed.protocol.negotiation import CONTENT_TYPE

PUBLIC = "public, max-age=60, stale-while-revalidate=600"


def cacheable(body: bytes, *, content_type: str = CONTENT_TYPE, keep: str = PUBLIC) -> Reply:
    """Return a public document with its validator, for us, for proxies and for other servers to ``keep``."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = (("cache-control", keep), ("etag", etag), ("vary", "Accept"), ("access-control-allow-origin", "*"))
    return Reply(body=body, content_type=content_type, headers=headers)


def validated(reply: Reply, request: Request) -> Reply:
    """Return 304 instead of ``reply`` when whoever asks has it already. For public replies only."""
    known = request.header("if-none-match")
    if known is None or reply.status != 200:
        return reply
    etag = next((value for name, value in reply.headers if name == "etag"), None)
    if etag is None or etag not in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return reply
    return Reply(status=304, content_type=reply.content_type, headers=reply.headers)
