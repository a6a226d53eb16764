"""Tokens are given and taken back: POST /oauth/token and /oauth/revoke.

Spec: RFC 6749 §4.1.3, §4.4, §5; RFC 7009. Tokens do not expire, and no ``expires_in`` says so: apps without refresh
tokens would break.
"""

import logging

from quart import Response

from smallfed.errors import Invalid
from smallfed.oauth.clients import client
from smallfed.oauth.failures import Refusal, reply
from smallfed.observe.logging import event
from smallfed.pages import trees
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.policy import scopes
from smallfed.services import authorising
from smallfed.services.authorising import Issued
from smallfed.store.apps import App

log = logging.getLogger(__name__)


async def issue() -> Response:
    """Answer POST /oauth/token."""
    asked = await trees.read()
    app = await client(asked)
    if app is None:
        raise Refusal("invalid_client", "The app is unknown here or its secret is wrong; register it again", status=401)
    match asked.text("grant_type"):
        case "authorization_code":
            issued = await _exchanged(app, asked)
        case "client_credentials":
            issued = await _own(app, asked)
        case None | "":
            raise Refusal("invalid_request", "grant_type is missing")
        case _:
            raise Refusal(
                "unsupported_grant_type",
                "grant_type should be authorization_code or client_credentials; tokens do not expire",
            )
    event(log, "token.issued", app=app.id, name=app.name, scopes=list(issued.scopes))
    return reply(
        {
            "access_token": issued.token,
            "token_type": "Bearer",
            "scope": " ".join(issued.scopes),
            "created_at": int(issued.created_at.timestamp()),
        }
    )


async def _exchanged(app: App, asked: Tree) -> Issued:
    issued = await parts().db.write(
        authorising.exchange,
        app,
        code=asked.text("code") or "",
        redirect_uri=asked.text("redirect_uri") or "",
        verifier=asked.text("code_verifier"),
    )
    if issued is None:
        raise Refusal(
            "invalid_grant",
            "The code is unknown, expired or used, or does not belong to this client, redirect_uri or code_verifier",
        )
    return issued


async def _own(app: App, asked: Tree) -> Issued:
    try:
        wanted = scopes.parse(asked.text("scope") or "")
        return await parts().db.write(authorising.issue_to_app, app, wanted)
    except Invalid as error:
        raise Refusal("invalid_scope", error.message) from error


async def revoke() -> Response:
    """Answer POST /oauth/revoke: ``{}`` for every token that is gone now, known before or not."""
    asked = await trees.read()
    app = await client(asked)
    if app is None or not await parts().db.write(authorising.revoke, app, asked.text("token") or ""):
        raise Refusal("unauthorized_client", "You are not authorized to revoke this token", status=403)
    event(log, "token.revoked", app=app.id, name=app.name)
    return reply({})
