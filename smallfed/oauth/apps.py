"""Apps become known: POST /api/v1/apps, and what an app may ask about itself.

Spec: https://docs.joinmastodon.org/methods/apps/; CLIENT_API §2.
"""

import logging

from quart import Response, current_app, request

from smallfed.errors import Invalid, NotFound, Unauthenticated
from smallfed.oauth.allowances import Allowance
from smallfed.oauth.failures import reply
from smallfed.observe.logging import event
from smallfed.pages import bearers, trees
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.policy import scopes
from smallfed.policy.pausing import address_key
from smallfed.services import authorising
from smallfed.services.authorising import Registration
from smallfed.store import apps
from smallfed.store.apps import App

log = logging.getLogger(__name__)

MOST, WINDOW = 30, 600.0


async def register() -> Response:
    """Answer POST /api/v1/apps."""
    house = parts()
    if house.config.limits.rate:
        _allowance().spend(address_key(request.remote_addr or ""))
    registration = _registration(await trees.read())
    app, secret = await house.db.write(authorising.register, registration)
    event(log, "app.registered", app=app.id, name=app.name)
    told = {"client_id": app.client_id, "client_secret": secret, "client_secret_expires_at": 0}
    return reply({**_described(app), **told})


async def verify() -> Response:
    """Answer GET /api/v1/apps/verify_credentials, for any valid token."""
    token = await bearers.token()
    if token is None:
        raise Unauthenticated("The access token is missing")
    app = await parts().db.read(apps.find, token.app_id)
    if app is None:
        raise NotFound("Record not found")
    return reply(_described(app))


def _registration(asked: Tree) -> Registration:
    """Read what an app says of itself; the redirect URIs are a list, or one text with a line for each."""
    lines = [line.strip() for text in asked.texts("redirect_uris") for line in text.splitlines()]
    name = asked.text("client_name")
    if name is None or not name.strip():
        raise Invalid("Validation failed: client_name is missing")
    return Registration(
        name=name.strip(),
        website=(asked.text("website") or "").strip() or None,
        redirect_uris=tuple(dict.fromkeys(line for line in lines if line)),
        scopes=scopes.parse(" ".join(asked.texts("scopes"))),
    )


def _described(app: App) -> dict[str, object]:
    return {
        "id": str(app.id),
        "name": app.name,
        "website": app.website,
        "scopes": app.scopes,
        "redirect_uris": app.redirect_uris,
        "redirect_uri": "\n".join(app.redirect_uris),
        "vapid_key": parts().identity.vapid_key,
    }


def _allowance() -> Allowance:
    """Return the count of registrations by address; one for the whole application."""
    extensions = current_app.extensions
    if "app registrations" not in extensions:
        extensions["app registrations"] = Allowance(parts().clock, most=MOST, seconds=WINDOW)
    allowance: Allowance = extensions["app registrations"]
    return allowance
