"""Who bears an access token. Cookies are never looked at here.

Spec: RFC 6750; CLIENT_API §13 items 21, 30.
"""

from quart import request

from smallfed.errors import Unauthenticated
from smallfed.pages.quart import parts
from smallfed.store import tokens
from smallfed.store.tokens import Token


async def token() -> Token | None:
    """Return the token this request bears, or None when it bears none; Unauthenticated when it is not valid."""
    text = presented(request.headers.get("Authorization"), request.args.get("access_token"))
    return None if text is None else await known(text)


def presented(authorization: str | None, parameter: str | None) -> str | None:
    """Return the text of the token of an Authorization header, else of the parameter, or None."""
    kind, _, value = (authorization or "").strip().partition(" ")
    return value.strip() if kind.lower() == "bearer" else parameter


async def known(text: str) -> Token:
    """Return what is known of a token, and have its use recorded; Unauthenticated when it is not valid."""
    house = parts()
    found = await house.db.read(tokens.find, text)
    if found is None:
        raise Unauthenticated("The access token is invalid")
    if found.is_due(house.clock.now()):
        house.db.later(tokens.note_use, found.id)
    return found
