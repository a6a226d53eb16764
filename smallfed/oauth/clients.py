"""Which app is speaking: its id and secret, in a Basic header or in the body.

Spec: RFC 6749 §2.3.1.
"""

from base64 import b64decode
from urllib.parse import unquote_plus

from quart import request

from smallfed.oauth.failures import Refusal
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.services import authorising
from smallfed.store.apps import App


async def client(asked: Tree) -> App | None:
    """Return the app that speaks and knows its secret, or None."""
    client_id, secret = _basic() or (asked.text("client_id"), asked.text("client_secret"))
    if not client_id or not secret:
        return None
    return await parts().db.read(authorising.authenticate, client_id, secret)


def _basic() -> tuple[str, str] | None:
    kind, _, value = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, colon, secret = b64decode(value.strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise Refusal("invalid_client", "The Basic credentials could not be read", status=401) from error
    return (unquote_plus(client_id), unquote_plus(secret)) if colon else None
