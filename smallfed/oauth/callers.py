"""Callers: which app asks the owner for what, read from its request and checked in the order that decides whom to tell.

Spec: RFC 6749 §4.1.1 and §4.1.2.1: until the redirect URI is known good, an error is shown and never redirected.
"""

from msgspec import Struct

from smallfed.errors import Forbidden, Invalid
from smallfed.oauth.failures import Refusal
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.policy import pkce, redirects, scopes
from smallfed.services.authorising import Request
from smallfed.store import apps
from smallfed.store.apps import App

REPEATED = (
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "force_login",
    "lang",
)
"""Parameters that the form carries on."""


class Caller(Struct, frozen=True, kw_only=True):
    """The app that asks, and where it is answered: both known good."""

    app: App
    redirect_uri: str
    state: str | None

    @property
    def out_of_band(self) -> bool:
        """Whether there is nowhere to send the browser: the code is shown."""
        return self.redirect_uri == redirects.OUT_OF_BAND

    def answered(self, **parameters: str) -> str:
        """Return where to send the browser with an answer; the state is repeated."""
        return redirects.answered(self.redirect_uri, **parameters, state=self.state)


async def caller(asked: Tree) -> Caller:
    """Return who asks; Forbidden, to be shown, when that cannot be believed."""
    client_id, redirect_uri = asked.text("client_id"), asked.text("redirect_uri")
    app = await parts().db.read(apps.find_client, client_id) if client_id else None
    if app is None:
        raise Forbidden("No app of this id is known here. In the app, log out or remove this server, and begin again.")
    if redirect_uri not in app.redirect_uris:
        raise Forbidden("The app wants to be answered at an address that it has not registered. Better do not go on.")
    return Caller(app=app, redirect_uri=redirect_uri, state=asked.text("state"))


def request(known: Caller, asked: Tree) -> Request:
    """Return what is asked for; Refusal, to be told to the app, when it cannot be."""
    if asked.text("response_type") != "code":
        raise Refusal("unsupported_response_type", "response_type should be code")
    if asked.text("response_mode") not in (None, "", "query"):
        raise Refusal("invalid_request", "response_mode should be query")
    challenge = asked.text("code_challenge") or None
    if challenge is not None or asked.text("code_challenge_method"):
        _require_provable(challenge, asked.text("code_challenge_method"))
    try:
        wanted = scopes.parse(asked.text("scope") or "")
    except Invalid as error:
        raise Refusal("invalid_scope", error.message) from error
    if not scopes.all_covered(known.app.scopes, wanted):
        raise Refusal("invalid_scope", "The app asks for more than it was registered with")
    return Request(redirect_uri=known.redirect_uri, scopes=wanted, challenge=challenge)


def _require_provable(challenge: str | None, method: str | None) -> None:
    if method != pkce.METHOD:
        raise Refusal("invalid_request", "code_challenge_method should be S256")
    if challenge is None or not pkce.is_challenge(challenge):
        raise Refusal("invalid_request", "code_challenge should be the base64url of a SHA-256")
