"""Headers that every answer of the doors with pages carries.

Spec: SAFETY rules 18, 36 and §3; CLIENT_API §13 item 18; RFC 9110 §13 (conditions).
"""

from urllib.parse import urlsplit

from quart import Response, current_app, request

from smallfed.pages.machines import is_for_machines, let_pages_ask
from smallfed.pages.validators import etag, knows


def policy(*form_actions: str, script: bool = False) -> str:
    """Return the Content-Security-Policy of a page whose forms may also lead to ``form_actions``.

    No script, except (``script``) a file of our own where passkeys cannot do without; none inline, ever.
    """
    allowed = " ".join(("'self'", *form_actions))
    shown = " ".join(("'self'", *_elsewhere()))
    scripts = "script-src 'self'; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src 'self'; img-src {shown}; media-src {shown};"
        f" form-action {allowed}; frame-ancestors 'none'; base-uri 'none'"
    )


def _elsewhere() -> tuple[str, ...]:
    """Return the origin that files of ours are sent to, if there is one: browsers ask whether a page may go there."""
    bucket = current_app.extensions["parts"].storage.bucket
    if bucket is None or not bucket.in_use.public:
        return ()
    address = urlsplit(bucket.in_use.public)
    return (f"{address.scheme}://{address.netloc}",)


async def protect(response: Response) -> Response:
    """Add what is not there yet. What says nothing about caches is for whoever asked, and for nobody else."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cache-Control", "private, no-store")
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", policy())
        headers.setdefault("X-Frame-Options", "DENY")
    if is_for_machines(request.path):
        let_pages_ask(response)
    if response.status_code == 200 and headers["Cache-Control"].startswith("public"):
        await _validate(response)
    return response


async def _validate(response: Response) -> None:
    """Give what is public a validator, and whoever has it already nothing else."""
    headers = response.headers
    headers["ETag"] = etag(await response.get_data(as_text=False))
    if knows(request.headers.get("If-None-Match"), headers["ETag"]):
        # A body of no bytes: without any, Quart would look for an event loop that is not there.
        response.set_data(b"")
        response.status_code = 304
        for name in ("Content-Length", "Content-Type"):
            headers.pop(name, None)
