"""Access: what a route wants of whoever asks. Every route declares it; there is none without.

Spec: CLIENT_API §13 items 13, 21; SAFETY rule 34.
"""

from enum import Enum, auto

from msgspec import Struct

from smallfed.errors import Forbidden, Invalid, Unauthenticated
from smallfed.policy import scopes
from smallfed.store.tokens import Token


class Wants(Enum):
    """Which token is asked for."""

    NOTHING = auto()  # it is not even looked at
    MAYBE = auto()  # strangers are answered too; the owner sees more
    OWNER = auto()  # one that the owner has consented to


class Access(Struct, frozen=True, kw_only=True):
    """``scopes``: a token must have one of them."""

    wants: Wants
    scopes: tuple[str, ...] = ()


OPEN = Access(wants=Wants.NOTHING)
"""The same for everybody."""


def anyone(*wanted: str) -> Access:
    """Declare a route for strangers, on which the owner sees more by a token with one of these scopes."""
    return Access(wants=Wants.MAYBE, scopes=_known(wanted))


def owner(*wanted: str) -> Access:
    """Declare a route for the owner, by a token with one of these scopes."""
    return Access(wants=Wants.OWNER, scopes=_known(wanted))


def _known(wanted: tuple[str, ...]) -> tuple[str, ...]:
    if not wanted:
        raise TypeError("a route must declare its scope")
    for scope in wanted:
        if scope not in scopes.ALL:
            raise TypeError(f"a route declares {scope!r}, which is no scope")
    return wanted


def admit(access: Access, token: Token | None) -> None:
    """Let the bearer of ``token``, or a stranger, pass; Unauthenticated, Forbidden or Invalid says why not."""
    if access.wants is Wants.NOTHING:
        return
    if token is None:
        if access.wants is Wants.OWNER:
            raise Unauthenticated("The access token is missing")
        return
    if not any(scopes.covers(token.scopes, scope) for scope in access.scopes):
        raise Forbidden("This action is outside the authorized scopes")
    if access.wants is Wants.OWNER and not token.owner:
        raise Invalid("This method requires an authenticated user")
