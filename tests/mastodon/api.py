"""The client API of a whole house without its loops: asked by Quart's test client, answered from a real database."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

import msgspec
import trio
from msgspec import Struct
from quart_trio import QuartTrio

from smallfed.domain.account import Account
from smallfed.federation.front import Front
from smallfed.federation.routes import Routes
from smallfed.mastodon import door as mastodon
from smallfed.mastodon.access import Access
from smallfed.mastodon.door import DOOR, Door
from smallfed.mastodon.limits import LIMITS, Limits
from smallfed.pages.asgi import Asgi
from smallfed.pages.quart import new_app
from smallfed.protocol.signatures.keys import generate_ed25519
from smallfed.runtime.clock import VirtualClock
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import INSTANCE_RSA, OWNER_RSA, VAPID
from smallfed.services import authorising, consequences, settling
from smallfed.services.settling import Beginning
from smallfed.store import accounts, tokens
from smallfed.store.tx import Tx
from smallfed.workers.keymaking import fresh_keys
from smallfed.workers.parts import Parts
from tests import world
from tests.assembled import assembled
from tests.documented import answers
from tests.fediverse.wire import call
from tests.prepared import prepared
from tests.workers.far import FakeHttp

T = TypeVar("T")
P = ParamSpec("P")
SCOPES = "read write follow profile push"


class Answered(Struct, frozen=True, kw_only=True):
    """What came back; names of headers are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as it is."""
        return msgspec.json.decode(self.body)

    def of(self, type_: Callable[..., T] | Any) -> T:
        """Return the body, checked field by field against ``type_``: types, null, missing and unknown names."""
        found: T = msgspec.json.decode(self.body, type=type_)
        return found


class Api:
    """Asks as the owner's app, unless told otherwise. The owner is @alice@home.example."""

    def __init__(self, parts: Parts, http: FakeHttp, app: QuartTrio) -> None:
        self.parts, self.http, self.app = parts, http, app
        routes = Routes(parts)
        self.front = Front(parts, routes.find, cast("Asgi", app), routes.refusing.turned_away)
        self.token = ""
        self.owner: Account

    # Asking
    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        json: Any = None,
        files: Mapping[str, Any] | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """Ask; ``token`` "" is a stranger, None the owner's app."""
        told = {"Host": "elsewhere.invalid", **(headers or {})}
        if token != "":
            told["Authorization"] = f"Bearer {self.token if token is None else token}"
        if query:
            path = f"{path}?{urlencode(query, doseq=True)}"
        body: dict[str, Any] = {}
        if files is not None:
            body = {"files": files, "form": form or {}}
        elif json is not None:
            told["Content-Type"] = "application/json"
            body = {"data": json if isinstance(json, bytes) else msgspec.json.encode(json)}
        elif form is not None:
            told["Content-Type"] = "application/x-www-form-urlencoded"
            body = {"data": urlencode(form, doseq=True)}
        response = await self.app.test_client().open(path, method=method, headers=told, **body)
        lines = {name.lower(): value for name, value in response.headers.items()}
        answer = Answered(status=response.status_code, headers=lines, body=await response.get_data(as_text=False))
        answers.check(method, path, answer.status, answer.body, mine=token is None)
        return answer

    async def send(self, method: str, path: str, body: bytes, type_: str) -> Answered:
        """Ask with a body of which every byte is given."""
        told = {"Host": "elsewhere.invalid", "Content-Type": type_, "Authorization": f"Bearer {self.token}"}
        response = await self.app.test_client().open(path, method=method, headers=told, data=body)
        lines = {name.lower(): value for name, value in response.headers.items()}
        return Answered(status=response.status_code, headers=lines, body=await response.get_data(as_text=False))

    async def fetch(self, url: str, method: str = "GET", **headers: str) -> Answered:
        """Ask the front door for a file, by its path or address, as everybody can."""
        path = url.removeprefix("https://home.example")
        lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        answer = await call(self.front, method, path, lines, b"")
        return Answered(status=answer.status, headers=dict(answer.headers), body=answer.body)

    async def get(self, path: str, type_: Callable[..., T] | Any, **query: Any) -> T:
        """Read something that must be there, checked against ``type_``."""
        answer = await self.ask("GET", path, query=query)
        assert answer.status == 200, (answer.status, answer.body)
        return answer.of(type_)

    async def post(self, path: str, type_: Callable[..., T] | Any, **form: Any) -> T:
        """Do something that must be granted; the answer is checked against ``type_``."""
        answer = await self.ask("POST", path, form=form)
        assert answer.status == 200, (answer.status, answer.body)
        return answer.of(type_)

    # What there is
    def configure(self, **sections: Any) -> None:
        """Let the server be configured otherwise from now on: ``sections`` of the configuration, or its ``file``."""
        config = msgspec.structs.replace(self.parts.config, **sections)
        self.parts = Parts(**{**vars(self.parts), "config": config})
        self.app.extensions["parts"] = self.parts

    async def do(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f`` in a transaction of the house, with all its consequences."""
        return await self.parts.db.write(f, *args, **kwargs)

    async def know(self, handle: str, **columns: Any) -> Account:
        """Store somebody on another server."""
        return await self.do(world.acquaint, handle, **columns)

    async def grant(self, scopes: str, *, owner: bool = True) -> str:
        """Return a token with these scopes, of the owner or of an app for itself."""
        token = f"token for {scopes} {owner}"
        return await self.do(_grant, token, scopes, owner)


def _grant(tx: Tx, token: str, scopes: str, owner: bool) -> str:
    registration = authorising.Registration(
        name="Tests", redirect_uris=("urn:ietf:wg:oauth:2.0:oob",), scopes=tuple(scopes.split())
    )
    app, _ = authorising.register(tx, registration)
    tokens.put(tx, app=app.id, owner=owner, scopes=scopes.split(), digest=tokens.hashed(token))
    return token


@cache
def _keys() -> dict[str, tuple[str, str, str]]:
    return fresh_keys()


@cache
def _signing_key() -> tuple[str, str]:
    """Return a key for what is asked of others; loading an RSA key for every test would take a while."""
    key = generate_ed25519()
    return key.pem(), key.public.pem()


@cache
def _app() -> QuartTrio:
    """Return the application; it knows nothing of a house but its parts, so all tests may share it."""
    app = new_app(cast("Parts", None))
    mastodon.register(app)
    return app


def routes_taken() -> Mapping[tuple[str, str], Access]:
    """Return every route of the client API, (method, path with ``<name>`` for a part), and what it wants."""
    door: Door = _app().extensions[DOOR]
    return door.routes


def _beginning() -> Beginning:
    return Beginning(
        username="alice",
        name="Alice",
        password="unset",
        domain="home.example",
        account_domain="home.example",
        trial=False,
        keys=_keys(),
    )


@asynccontextmanager
async def living(folder: Path, *, rate: bool = True, set_up: bool = True) -> AsyncIterator[Api]:
    """Run the house's database while the block runs; time is virtual, the world outside a fake."""
    prepared(folder / "smallfed.db")
    clock, hub, http = VirtualClock(world.NOW), Hub(), FakeHttp()
    parts = assembled(folder, clock, hub, http, publish=hub.publish, then=consequences.follow, rate=rate)
    app = _app()
    app.extensions["parts"], app.extensions[LIMITS] = parts, Limits()
    async with trio.open_nursery() as nursery:
        await nursery.start(parts.db.run)
        await nursery.start(parts.conversing.run)
        await nursery.start(parts.processing.run)
        await nursery.start(parts.mirroring.run)
        api = Api(parts, http, app)
        if set_up:
            house = await parts.db.write(settling.set_up, _beginning())
            pems = _signing_key()
            parts.identity.load(house, {INSTANCE_RSA: pems, OWNER_RSA: pems, VAPID: _keys()[VAPID][1:]})
            api.owner, api.token = await parts.db.read(accounts.owner), await api.grant(SCOPES)
        yield api
        nursery.cancel_scope.cancel()
