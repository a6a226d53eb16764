"""Authorising: apps become known, the owner lets them in, and shows them out again.

Spec: RFC 6749 (with §4.1.2: a code used twice takes back what it gave), RFC 7636, RFC 7009; SAFETY rules 34, 35.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from msgspec import Struct

from smallfed.domain.events import TokensRevoked
from smallfed.domain.numbers import number
from smallfed.errors import Invalid, NotFound
from smallfed.policy import pkce, redirects
from smallfed.policy.scopes import all_covered
from smallfed.policy.scopes import parse as parse_scopes
from smallfed.store import apps, codes, tokens
from smallfed.store.apps import App
from smallfed.store.codes import Code
from smallfed.store.tx import Tx

CODE_LIFE = timedelta(minutes=10)
UNUSED_APPS = timedelta(days=7)
MOST_APP_TOKENS = 10  # an app that speaks for itself needs no more; older ones go
MOST_REDIRECTS, LONGEST_NAME, LONGEST_WEBSITE = 20, 60, 2000


class Registration(Struct, frozen=True, kw_only=True):
    """What an app says of itself."""

    name: str
    website: str | None = None
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]


class Request(Struct, frozen=True, kw_only=True):
    """What an app asks the owner for; checked against its registration already."""

    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str | None = None


class Issued(Struct, frozen=True, kw_only=True):
    """A new access token, which only the app will know."""

    token: str
    scopes: tuple[str, ...]
    created_at: datetime


def register(tx: Tx, registration: Registration) -> tuple[App, str]:
    """Store a new app; return it with its secret. Invalid when something about it cannot be accepted."""
    _require_sound(registration)
    apps.drop_unused(tx, UNUSED_APPS)
    secret = _secret(tx)
    app = App(
        id=tx.new_id(),
        client_id=_secret(tx),
        secret=_hash(secret),
        name=registration.name,
        website=registration.website,
        redirect_uris=registration.redirect_uris,
        scopes=registration.scopes,
        created_at=tx.now,
    )
    apps.put(tx, app)
    return app, secret


def _require_sound(registration: Registration) -> None:
    name, website = registration.name, registration.website
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"Validation failed: the name needs 1 to {LONGEST_NAME} printable characters")
    if website is not None and (
        len(website) > LONGEST_WEBSITE or not website.startswith(("https://", "http://")) or not website.isprintable()
    ):
        raise Invalid("Validation failed: the website must be an address that begins with https://")
    if not 1 <= len(registration.redirect_uris) <= MOST_REDIRECTS:
        raise Invalid(f"Validation failed: an app needs 1 to {MOST_REDIRECTS} redirect URIs")
    for uri in registration.redirect_uris:
        redirects.require_usable(uri)


def authenticate(tx: Tx, client_id: str, secret: str) -> App | None:
    """Return the app that knows its secret, or None."""
    app = apps.find_client(tx, client_id)
    return app if app is not None and compare_digest(app.secret, _hash(secret)) else None


def allow(tx: Tx, app: App, request: Request) -> str:
    """Let the app in; return the code that it exchanges for a token."""
    code = _secret(tx)
    codes.put(
        tx,
        Code(
            hash=_hash(code),
            app_id=app.id,
            redirect_uri=request.redirect_uri,
            scopes=request.scopes,
            challenge=request.challenge,
            token_id=None,
            created_at=tx.now,
        ),
    )
    return code


def exchange(tx: Tx, app: App, *, code: str, redirect_uri: str, verifier: str | None) -> Issued | None:
    """Exchange a code for a token, once; None when it is not worth one. A code used before takes its token back."""
    stored = codes.find(tx, _hash(code))
    if stored is None or stored.app_id != app.id:
        return None
    if stored.token_id is not None:
        _revoke(tx, [stored.token_id])
        return None
    if (
        tx.now - stored.created_at > CODE_LIFE
        or stored.redirect_uri != redirect_uri
        or not pkce.proves(verifier, stored.challenge)
    ):
        return None
    issued, stored_as = _issue(tx, app, stored.scopes, owner=True)
    codes.exchange(tx, stored.hash, stored_as)
    return issued


def issue_to_app(tx: Tx, app: App, asked: tuple[str, ...]) -> Issued:
    """Give an app a token for itself; Invalid when it asks for more than it was registered with."""
    if not all_covered(app.scopes, asked):
        raise Invalid("the app was not registered with these scopes")
    issued, _ = _issue(tx, app, asked, owner=False)
    _revoke(tx, tokens.of_app(tx, app.id, owner=False)[MOST_APP_TOKENS:])
    return issued


def revoke(tx: Tx, app: App, token: str) -> bool:
    """Take back a token of this app; one that is unknown is fine. False when it is another app's."""
    found = tokens.find(tx, token)
    if found is not None and found.app_id != app.id:
        return False
    if found is not None:
        _revoke(tx, [found.id])
    return True


def take_back(tx: Tx, token: int) -> bool:
    """Take one token back in the owner's name; False when there is none of this id."""
    return _revoke(tx, [token]) > 0


def show_out(tx: Tx, app: int) -> int:
    """Take back everything the owner has allowed an app, codes under way included; return how many tokens it had."""
    codes.drop_fresh(tx, app)
    return _revoke(tx, tokens.of_app(tx, app, owner=True))


def show_out_named(tx: Tx, which: str) -> int:
    """Show out all apps of this name, or end the one login of this id; return how many logins ended.

    NotFound when there is neither.
    """
    granted = apps.granted(tx)
    named = [grant for grant in granted if grant.name == which] or [
        grant for grant in granted if grant.name.casefold() == which.casefold()
    ]
    if named:
        return sum(show_out(tx, grant.app_id) for grant in named)
    login = number(which)
    if login is None or not take_back(tx, login):
        raise NotFound(f"no app and no login is called {which!r}; `smallfed apps` lists them")
    return 1


def grant_by_hand(tx: Tx, *, app: str, scopes: str, digest: bytes) -> int:
    """Store the SHA-256 of a token for an app of the owner's own; return its id. Invalid as ``register``."""
    granted = parse_scopes(scopes)
    registration = Registration(name=app.strip(), redirect_uris=(redirects.OUT_OF_BAND,), scopes=granted)
    known, _ = register(tx, registration)
    return tokens.put(tx, app=known.id, owner=True, scopes=granted, digest=digest)


def _issue(tx: Tx, app: App, granted: tuple[str, ...], *, owner: bool) -> tuple[Issued, int]:
    token = _secret(tx)
    stored = tokens.put(tx, app=app.id, owner=owner, scopes=granted, digest=tokens.hashed(token))
    return Issued(token=token, scopes=granted, created_at=tx.now), stored


def _revoke(tx: Tx, numbers: Iterable[int]) -> int:
    gone = tokens.drop(tx, numbers)
    if gone:
        tx.announce(TokensRevoked(tokens=gone))
    return len(gone)


def _secret(tx: Tx) -> str:
    """Draw 256 bits, as text for headers, forms and addresses."""
    return urlsafe_b64encode(tx.dice(256).to_bytes(32)).rstrip(b"=").decode()


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()
