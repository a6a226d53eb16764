"""Headers that every answer of the doors with pages carries.

Spec: SAFETY rules 18, 36 and §3; CLIENT_API §13 item 18.
"""

from quart import Response, request

from smallfed.pages.machines import is_for_machines, let_pages_ask


def policy(*form_actions: str, script: bool = False) -> str:
    """Return the Content-Security-Policy of a page whose forms may also lead to ``form_actions``.

    No script, except (``script``) a file of our own where passkeys cannot do without; none inline, ever.
    """
    allowed = " ".join(("'self'", *form_actions))
    scripts = "script-src 'self'; " if script else ""
    return (
        f"default-src 'none'; {scripts}style-src 'self'; img-src 'self';"
        f" form-action {allowed}; frame-ancestors 'none'; base-uri 'none'"
    )


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
    return response
