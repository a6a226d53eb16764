"""Entering: who asks for a stream, what they ask for, and what they are answered where they may not have it.

Spec: CLIENT_API §§11, 13 items 13, 18, 22; SAFETY rules 34, 35.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from msgspec import Struct, json

from smallfed.errors import Malformed, SmallfedError, Unauthenticated
from smallfed.mastodon import failures, replying
from smallfed.mastodon.streaming import streams
from smallfed.mastodon.streaming.streams import Asked, Stream
from smallfed.pages import bearers
from smallfed.pages.asgi import Receive, Scope, Send, respond
from smallfed.runtime.clock import Clock
from smallfed.runtime.database import Database
from smallfed.store import tokens
from smallfed.store.tokens import Token
from smallfed.store.tx import Tx

ROOT = "/api/v1/streaming"
MOST_FIELDS = 50
FALSE = frozenset({"", "0", "f", "false", "off"})


class Caller(Struct, frozen=True, kw_only=True):
    """Who has connected: ``secret`` is the token they show, ``asked`` what they want to hear at once, if anything."""

    secret: str | None
    asked: Asked | None
    protocols: Sequence[str]


def caller(scope: Scope) -> Caller:
    """Read a connection; Malformed when its query cannot be."""
    try:
        query = dict(reversed(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=MOST_FIELDS)))
    except ValueError as error:
        raise Malformed(f"the query may have at most {MOST_FIELDS} fields") from error
    protocols: Sequence[str] = scope.get("subprotocols") or ()
    authorization = next((v for name, v in scope["headers"] if name.lower() == b"authorization"), b"").decode("latin-1")
    elsewhere = query.get("access_token") or next(iter(protocols), None)
    return Caller(
        secret=bearers.presented(authorization, elsewhere),
        asked=asked(scope["path"].removeprefix(ROOT).strip("/").replace("/", ":"), query),
        protocols=protocols,
    )


def asked(path: str, query: Mapping[str, str]) -> Asked | None:
    """Return what is asked for by the path below ``ROOT``, or by ``stream``; None when nothing is."""
    name = path or query.get("stream", "")
    if not name:
        return None
    only_media = query.get("only_media", "").lower() not in FALSE
    return Asked(stream=name, tag=query.get("tag", ""), list=query.get("list", ""), only_media=only_media)


class Checker:
    """Finds what is asked for, if the token that is shown allows it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def token(self, secret: str | None) -> Token:
        """Return the owner's token, and have its use recorded; Unauthenticated or Invalid where it is none."""
        if secret is None:
            raise Unauthenticated("Missing access token")
        token = await self._db.read(tokens.find, secret)
        if token is None:
            raise Unauthenticated("Invalid access token")
        streams.require_owner(token)
        if token.is_due(self._clock.now()):
            self._db.later(tokens.note_use, token.id)
        return token

    async def still(self, secret: str | None) -> None:
        """Refuse, with Unauthenticated, a token that was revoked meanwhile."""
        if secret is None or await self._db.read(tokens.find, secret) is None:
            raise Unauthenticated("Invalid access token")

    async def stream(self, wanted: Asked, token: Token) -> Stream:
        """Return the stream; Malformed, Forbidden or NotFound say why not."""
        found = streams.find(wanted, token)
        streams.admit(wanted, token)
        if found.key[0] == "list":
            await self._db.read(_require_list, found)
        return found


def _require_list(tx: Tx, stream: Stream) -> None:
    streams.require_list(tx, stream)


class Refusal(Struct, frozen=True, kw_only=True):
    """What is wrong with a message."""

    error: str
    status: int


def message(error: SmallfedError) -> str:
    """Return what is sent on an open connection that asked for what it cannot have."""
    return json.encode(Refusal(error=error.message, status=failures.reply(error).status)).decode()


async def refuse(error: SmallfedError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or a WebSocket that is not opened: in JSON, and in a header, which is all that some show."""
    if scope["type"] == "websocket":
        await receive()
    reply = failures.reply(error)
    headers = {**replying.HEADERS, **reply.headers, "X-Error-Message": error.message, "Connection": "close"}
    await respond(scope, send, status=reply.status, headers=headers.items(), body=json.encode(reply.body))
