"""What this server offers to apps, and who its owner is.

Spec: RFC 8414; OpenID Connect Core §5.3 (userinfo) as Mastodon 4.4.
"""

from msgspec import Struct
from quart import Response

from smallfed.errors import Forbidden, Unauthenticated
from smallfed.oauth.failures import reply
from smallfed.pages import bearers
from smallfed.pages.quart import parts
from smallfed.policy import pkce, scopes
from smallfed.store import accounts, apps, tokens


class Claims(Struct, frozen=True, kw_only=True):
    """Who the owner is."""

    iss: str
    sub: str
    name: str
    preferred_username: str
    profile: str
    picture: str


async def describe() -> Response:
    """Answer GET /.well-known/oauth-authorization-server."""
    house = parts().identity.here
    response = reply(
        {
            "issuer": house.page("/"),
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": house.page("/oauth/authorize"),
            "token_endpoint": house.page("/oauth/token"),
            "app_registration_endpoint": house.page("/api/v1/apps"),
            "revocation_endpoint": house.page("/oauth/revoke"),
            "userinfo_endpoint": house.page("/oauth/userinfo"),
            "scopes_supported": scopes.ALL,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": [pkce.METHOD],
        }
    )
    response.headers["Cache-Control"] = "public, max-age=300"
    del response.headers["Pragma"]
    return response


async def userinfo() -> Response:
    """Answer GET and POST /oauth/userinfo, for a token in the owner's name that may see the profile."""
    token = await bearers.token()
    if token is None:
        raise Unauthenticated("The access token is missing")
    if not token.owner or not scopes.covers(token.scopes, "profile"):
        raise Forbidden("This needs a token in the owner's name with the scope profile")
    house, owner = parts().identity.here, await parts().db.read(accounts.owner)
    return reply(
        Claims(
            iss=house.page("/"),
            sub=house.actor,
            name=owner.name,
            preferred_username=owner.username,
            profile=house.profile,
            picture=house.shown(owner.avatar or house.default_avatar),
        )
    )


async def token_info() -> Response:
    """Answer GET /oauth/token/info: what a token is worth, as whoever bears it may know."""
    token = await bearers.token()
    if token is None:
        raise Unauthenticated("The access token is missing")
    db = parts().db
    app, owner = await db.read(apps.find, token.app_id), await db.read(accounts.owner)
    created_at = await db.read(tokens.created_at, token.id)
    if app is None or created_at is None:  # revoked a moment ago
        raise Unauthenticated("The access token is invalid")
    return reply(
        {
            "resource_owner_id": str(owner.id) if token.owner else None,
            "scope": sorted(token.scopes),
            "expires_in": None,
            "application": {"uid": app.client_id},
            "created_at": int(created_at.timestamp()),
        }
    )
