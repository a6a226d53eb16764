"""The answers of a house whose owner has left: 410 for whatever is asked, so that nothing tells what had been here.

Others do the same when a server closes (Mastodon's ``self-destruct``). An inbox that answers 410 makes Misskey stop
sending to this host for good and others forget the inbox, which is what is wanted now.

Spec: PROTOCOL §§1.1, 8.3; ActivityPub §6.11 (Tombstone); SAFETY rules 16–18.
"""

from msgspec import json

from smallfed.domain.house import House
from smallfed.federation.exchange import CLOSE, Reply
from smallfed.pages.machines import is_for_machines
from smallfed.protocol.negotiation import CONTENT_TYPE, wants_activity
from smallfed.translate import outward

OPEN = frozenset({"/healthz", "/readyz", "/health"})
"""What the owner's own monitors ask."""
KEPT = (("cache-control", "public, max-age=3600"), ("vary", "Accept"))
LOADS_NOTHING = (
    "content-security-policy",
    "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
)
WORDS = "The owner of this server has left the fediverse. There is nothing here any more."
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Gone</title>
</head><body><h1>Gone</h1><p>{WORDS}</p></body></html>
""".encode()


def answer(house: House, method: str, path: str, *, accept: str | None, has_token: bool) -> Reply | None:
    """Return what is answered to everything; None where the house still answers itself.

    An app that comes with its token hears that it is worth nothing (401): so it logs out, as after a revocation.
    """
    if path in OPEN:
        return None
    if has_token and path.startswith("/api/"):
        return _json(401, "The access token was revoked")
    if method not in ("GET", "HEAD"):
        return _json(410, WORDS, CLOSE)
    if is_for_machines(path):
        return _json(410, WORDS, *KEPT, ("access-control-allow-origin", "*"))
    if accept is not None and wants_activity(accept):
        tombstone = outward.tombstone(f"{house.base}{path}")
        return Reply(status=410, body=outward.body(tombstone), content_type=CONTENT_TYPE, headers=KEPT)
    return Reply(status=410, body=PAGE, content_type="text/html; charset=utf-8", headers=(*KEPT, LOADS_NOTHING))


def _json(status: int, words: str, *headers: tuple[str, str]) -> Reply:
    return Reply(status=status, body=json.encode({"error": words}), headers=headers or (("cache-control", "no-store"),))
