"""Naming: what somebody types who means an address, a person or a server, as it is spelt here."""

from smallfed.domain import uris
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import webfinger


def thing(text: str) -> str:
    """Return an address, ``@user@host`` or the name of a server; Invalid for what is none of these.

    The address of a whole server is its name.
    """
    typed = text.strip()
    if "://" in typed:
        name = uris.host(typed)
        if name is None:
            raise _nothing(text)
        spelt = uris.spelt(typed)
        return spelt if spelt.partition("://")[2].rstrip("/") != name else name
    if "@" in typed.removeprefix("@"):
        return handle(typed)
    return server(typed)


def handle(text: str) -> str:
    """Return ``@user@host``; Invalid for nobody."""
    try:
        return f"@{webfinger.handle(text)}"
    except Malformed as why:
        raise Invalid(f"{_shown(text)} is nobody; it should look like @user@example.org") from why


def server(text: str) -> str:
    """Return the name of a server, with its port if that is not the usual one; Invalid for none."""
    typed = text.strip().removeprefix("@")
    found = uris.host(typed if "://" in typed else f"https://{typed}")
    if found is None or not any(mark in found for mark in ".:"):
        raise _nothing(text)
    return found


def _nothing(text: str) -> Invalid:
    return Invalid(f"{_shown(text)} is no address, no @user@example.org and no server.")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 253 else f"{text[:253]}…")
