"""Asking: one request of a client app, on its way from the door to a handler and back.

Spec: CLIENT_API §13; SAFETY rules 16–18, 34.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from msgspec import Struct, structs
from quart import current_app, request

from smallfed.domain.house import House
from smallfed.domain.need import Need
from smallfed.errors import SmallfedError, Unauthenticated
from smallfed.mastodon import failures, uploads
from smallfed.mastodon.access import Access, Wants, admit
from smallfed.mastodon.limits import LIMITS, Limits, Standing, neighbourhood, require
from smallfed.mastodon.links import link
from smallfed.mastodon.noticing import Asked, Route, notice
from smallfed.mastodon.params import page
from smallfed.mastodon.presenter import Presenter
from smallfed.mastodon.replying import Part, Reply
from smallfed.pages import bearers, trees
from smallfed.pages.machines import request_id
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.store import houses, tokens
from smallfed.store.paging import Page
from smallfed.store.tokens import Token
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")


class Ask(Struct, frozen=True, kw_only=True):
    """Who asks what: ``viewer`` is the owner's account id, or None for a stranger or an app by itself."""

    parts: Parts
    house: House
    token: Token | None
    viewer: int | None
    params: Tree

    @property
    def owner(self) -> int:
        """The owner's account id, on a route that only the owner may ask."""
        if self.viewer is None:
            raise Unauthenticated("The access token is missing")
        return self.viewer

    def page(self, *, default: int = 20, most: int = 40) -> Page:
        """Return the page that is asked for."""
        return page(self.params, default=default, most=most)

    async def read(self, f: Callable[Concatenate[Presenter, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(presenter, …)`` on one moment of the database: for what an index answers."""
        shown = list[int]()
        found = await self.parts.db.read(lambda tx: f(self._presenter(tx, shown), *args, **kwargs))
        self._note(shown)
        return found

    async def long_read(self, f: Callable[Concatenate[Presenter, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as ``read`` in a thread: for searches."""
        shown = list[int]()
        found = await self.parts.db.long_read(lambda tx: f(self._presenter(tx, shown), *args, **kwargs))
        self._note(shown)
        return found

    async def write(self, f: Callable[Concatenate[Presenter, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(presenter, …)`` in a transaction, and return what it returns once that is on disk."""
        return await self.parts.db.write(lambda tx: f(self._presenter(tx), *args, **kwargs))

    async def settle(self, f: Callable[Concatenate[Presenter, P], T | Need], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as ``write``, fetching what ``f`` says it needs (five seconds at most)."""
        return await self.parts.finder.settle(lambda tx: f(self._presenter(tx), *args, **kwargs))

    def _presenter(self, tx: Tx, shown: list[int] | None = None) -> Presenter:
        return Presenter(tx, self.house, self.viewer, shown=shown)

    def _note(self, shown: list[int]) -> None:
        """Let it be known what the owner was shown: relays are judged by it."""
        if self.viewer is not None and shown:
            self.parts.relaying.seen(shown)


Handler = Callable[..., Awaitable[object]]
"""``async def handler(ask, **names in the path)``: returns an entity, a list of them, a ``Part`` or a ``Reply``."""


async def handle(route: Route, handler: Handler, path: dict[str, str]) -> Reply:
    """Answer the request that is being answered: everything that can go wrong becomes an answer here."""
    asked = Asked()
    reply = await _handle(route.access, handler, path, asked)
    notice(route, asked, reply.status)
    return reply


async def _handle(access: Access, handler: Handler, path: dict[str, str], asked: Asked) -> Reply:
    told: dict[str, str] = {}
    try:
        secret = _presented(access)
        asked.token, viewer = await _identified(secret)
        standing = _counted(asked.token)
        if standing is not None:
            told = standing.headers
            require(standing, parts().clock.now())
        if secret is None and _has_form(access):
            asked.params = await trees.read()
            secret = asked.params.text("access_token")
            asked.token, viewer = await _identified(secret)
        if secret is not None and asked.token is None:
            raise Unauthenticated("The access token is invalid")
        admit(access, asked.token)
        asked.params = params = asked.params or await trees.read()
        ask = Ask(parts=parts(), house=parts().identity.here, token=asked.token, viewer=viewer, params=params)
        reply = _replied(ask, await handler(ask, **path))
        _note_use(asked.token)
    except SmallfedError as error:
        reply = failures.reply(error)
    except Exception:
        log.exception("a bug while answering %s %s (%s)", request.method, request.path, request_id())
        reply = failures.bug()
    return structs.replace(reply, headers={**reply.headers, **told}) if told else reply


async def bearer() -> Token | None:
    """Return the token that comes with a request to no route, or None; it is believed for the ledger only."""
    secret = bearers.presented(request.headers.get("Authorization"), None)
    return None if secret is None else await parts().db.read(tokens.find, secret)


def _presented(access: Access) -> str | None:
    """Return the text of the token that is shown where anything is to be had for it."""
    if access.wants is Wants.NOTHING:
        return None
    return bearers.presented(request.headers.get("Authorization"), request.args.get("access_token"))


def _has_form(access: Access) -> bool:
    """Whether the token may be in the body, as scripts have it; not with files, which strangers may not send.

    Spec: RFC 6750 §2.2.
    """
    return access.wants is not Wants.NOTHING and request.method != "GET" and not uploads.are_taken(request.path)


async def _identified(secret: str | None) -> tuple[Token | None, int | None]:
    """Return (the token of that text, the owner's account id if it is the owner's token)."""
    return (None, None) if secret is None else await parts().db.read(_identify, secret)


def _identify(tx: Tx, secret: str) -> tuple[Token | None, int | None]:
    token = tokens.find(tx, secret)
    return token, houses.owner_id(tx) if token is not None and token.owner else None


def _note_use(token: Token | None) -> None:
    """Record now and then that a token is used; no answer waits or fails for it."""
    if token is not None and token.is_due(parts().clock.now()):
        parts().db.later(tokens.note_use, token.id)


def _counted(token: Token | None) -> Standing | None:
    if not parts().config.limits.rate:
        return None
    who = f"token {token.id}" if token is not None else neighbourhood(request.remote_addr or "")
    limits: Limits = current_app.extensions[LIMITS]
    return limits.count(who, parts().clock.now())


def _replied(ask: Ask, answer: object) -> Reply:
    match answer:
        case Reply():
            return answer
        case Part():
            where = link(ask.house.base, request.path, request.query_string.decode("latin-1"), answer.ids)
            return Reply(body=answer.items, headers={"Link": where} if where else {})
        case _:
            return Reply(body=answer)
