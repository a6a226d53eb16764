"""Who visits: one cookie per browser. It is a session when the owner has logged in with it, and a seal on forms always.

Spec: SAFETY rule 36: ``__Host-`` cookie, CSRF token bound to it, Origin checked; RULINGS 30 (plain on localhost).
"""

import re
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlsplit

from msgspec import Struct
from quart import Response, g, request

from smallfed.errors import Forbidden
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.protocol.passkeys import Place
from smallfed.runtime.clock import secret
from smallfed.services import entering
from smallfed.store import sessions

_LOOPBACK = re.compile(r"(?:localhost|[a-z0-9.-]+\.localhost|127\.[0-9.]+|\[::1\])(?::([0-9]{1,5}))?")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class Visit(Struct, frozen=True, kw_only=True):
    """A browser. ``inside``: the owner has logged in with it, at ``since``. ``new``: it has no cookie yet."""

    secret: str
    inside: bool
    new: bool
    since: datetime | None = None

    @property
    def seal(self) -> str:
        """What a form has to carry: only who has the cookie knows it."""
        return urlsafe_b64encode(sha256(f"form {self.secret}".encode()).digest()).rstrip(b"=").decode()


async def visit() -> Visit:
    """Return who visits, looked up once in a request."""
    if "visit" not in g:
        g.visit = await _visit()
    known: Visit = g.visit
    return known


async def _visit() -> Visit:
    held = request.cookies.get(_name())
    if held is None or not _SECRET.fullmatch(held):
        return Visit(secret=secret(), inside=False, new=True)
    house = parts()
    session = await house.db.read(entering.session, held)
    if session is None:
        return Visit(secret=held, inside=False, new=False)
    if session.is_due(house.clock.now()):
        house.db.later(sessions.note_use, session.hash)
    return Visit(secret=held, inside=True, new=False, since=session.created_at)


async def require_own_form(form: Tree) -> Visit:
    """Return who visits; Forbidden when the form was not one of ours, shown to this very browser."""
    require_own_origin()
    known = await visit()
    if not compare_digest(known.seal.encode(), (form.text("seal") or "").encode()):
        raise Forbidden("This form has grown old, or your browser does not keep cookies. Please go back and try again.")
    return known


def require_own_origin() -> None:
    """Refuse, with Forbidden, what another site's page has sent."""
    origin = request.headers.get("Origin")
    if origin is None or origin in _own_origins():
        return
    house = parts().identity.house
    where = f" Open it at {house.base} instead." if house else ""
    raise Forbidden(f"This form was sent from another address than our own.{where}")


def _own_origins() -> set[str]:
    """Return the origins our forms come from. Host is believed on localhost, and before there is a house."""
    house = parts().identity.house
    if house is None:
        return {f"http://{request.host}", f"https://{request.host}"}
    return {house.base, f"http://{request.host}"} if _loopback() else {house.base}


def place() -> Place:
    """Return where passkeys are for: our own address, or the one on localhost that this browser has open."""
    base = parts().identity.here.base if _loopback() is None else f"http://{request.host}"
    return Place(host=urlsplit(base).hostname or "", origin=base)


def keep(response: Response, value: str) -> None:
    """Give the browser its cookie."""
    age = int(entering.SESSION.total_seconds())
    response.set_cookie(_name(), value, max_age=age, path="/", secure=not _loopback(), httponly=True, samesite="Lax")


def forget(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(_name(), path="/", secure=not _loopback(), httponly=True, samesite="Lax")


def _loopback() -> "re.Match[str] | None":
    return _LOOPBACK.fullmatch(request.host.lower())


def _name() -> str:
    """Return the cookie's name. On localhost all ports share cookies, so each server has its own name."""
    local = _loopback()
    return "__Host-smallfed" if local is None else f"smallfed-{local[1] or 80}"
