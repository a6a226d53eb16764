"""A place to visit: the doors for people and apps on a real database, and browsers that fill in forms."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import msgspec
import trio
from msgspec import Struct
from quart_trio import QuartTrio

from smallfed import oauth, web
from smallfed.config.addresses import Endpoint
from smallfed.domain.events import Event
from smallfed.pages.quart import new_app
from smallfed.policy import passwords
from smallfed.runtime.clock import Clock, seeded
from smallfed.runtime.hub import Hub
from smallfed.services import entering, inviting, settling
from smallfed.services.settling import Beginning
from smallfed.store import houses
from smallfed.store.opening import open_writer
from smallfed.store.tx import Tx
from smallfed.workers.keymaking import fresh_keys
from smallfed.workers.parts import Parts
from tests import world
from tests.assembled import assembled
from tests.prepared import prepared
from tests.workers.far import FakeHttp

T = TypeVar("T")
P = ParamSpec("P")
PASSWORD = "correct horse battery"
SETUP_TOKEN = "the-token-of-the-terminal"
HOME, LOCAL = "https://home.example", "http://localhost:8420"


class Form(Struct, kw_only=True):
    """A form of a page: where it goes, and what is filled in already."""

    action: str
    fields: dict[str, str]


class Page(Struct, frozen=True, kw_only=True):
    """What came back; names of headers are lower-case. ``cookies`` are the Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str

    def json(self) -> Any:
        """Return the body as JSON."""
        return msgspec.json.decode(self.text)

    @property
    def forms(self) -> list[Form]:
        """The forms of the page, in order."""
        reader = _Forms()
        reader.feed(self.text)
        return reader.found

    @property
    def form(self) -> Form:
        """The only form of the page."""
        (form,) = self.forms
        return form

    @property
    def problems(self) -> list[str]:
        """What is said to be wrong."""
        reader = _Problems()
        reader.feed(self.text)
        return reader.found


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Form(action=given["action"] or "", fields={}))
        elif tag == "input" and (name := given.get("name")) and _is_sent(given):
            self.found[-1].fields[name] = given.get("value") or ""


def _is_sent(given: Mapping[str, str | None]) -> bool:
    """Whether a browser would send an input as it is."""
    return given.get("type") not in ("radio", "checkbox") or "checked" in given


class _Problems(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = ("class", "problem") in attrs
        if self._inside:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


class Browser:
    """Keeps cookies, sends Origin with forms, follows no redirect. Without cookies it is a program."""

    def __init__(self, app: QuartTrio, base: str, address: str) -> None:
        self._app, self.base, self._address = app, base, address
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: str) -> Page:
        """Open an address."""
        return await self.ask("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)

    async def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send a form that is on no page."""
        return await self.ask("POST", path, headers=headers, form=fields or {})

    async def submit(self, form: Form, *, origin: str | None = "", **fields: str) -> Page:
        """Send a form of a page, filled in; ``origin`` None sends none."""
        headers = {} if origin is None else {"Origin": origin or self.base}
        return await self.ask("POST", form.action, headers=headers, form={**form.fields, **fields})

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, Any] | None = None,
        json: object = None,
    ) -> Page:
        """Ask anything."""
        told = {"Host": self.base.partition("://")[2], **(headers or {})}
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body: bytes | None = None
        if form is not None:
            told["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()
        elif json is not None:
            told["Content-Type"], body = "application/json", msgspec.json.encode(json)
        client = self._app.test_client(use_cookies=False)
        scope = {"client": (self._address, 0)}
        response = await client.open(path, method=method, headers=told, data=body, scope_base=scope)
        lines = tuple(response.headers.getlist("Set-Cookie"))
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or not morsel.value:
                    del self.cookies[name]
        return Page(
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            cookies=lines,
            text=(await response.get_data(as_text=False)).decode(),
        )


class StoppedClock(Clock):
    """Time that moves only when told to."""

    def __init__(self) -> None:
        self._now, self._seconds = world.NOW, 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def move(self, **delta: float) -> None:
        """Let time pass: ``timedelta(**delta)``."""
        step = timedelta(**delta)
        self._now += step
        self._seconds += step.total_seconds()


class Place:
    """The house, to be visited. ``events`` are those committed so far."""

    def __init__(self, parts: Parts, app: QuartTrio, clock: StoppedClock, events: list[Event]) -> None:
        self.parts, self.app, self.clock, self.events = parts, app, clock, events

    def browser(self, base: str = HOME, *, address: str = "192.0.2.1") -> Browser:
        """Return a browser without cookies that believes to be at ``base``."""
        return Browser(self.app, base, address)

    async def owner(self) -> Browser:
        """Return a browser that the owner has logged in with."""
        browser = self.browser()
        browser.cookies["__Host-smallfed"] = await self.do(entering.open_session)
        return browser

    async def do(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f`` in a transaction of the house."""
        return await self.parts.db.write(f, *args, **kwargs)

    async def settle_in(self) -> None:
        """Take the house as it is stored into memory, as ``app`` does when it hears of it. Keys are not needed here."""
        self.parts.identity.load(await self.do(houses.get), {})


@cache
def _template(*, set_up: bool) -> bytes:
    """Return a database with or without a house: making one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = prepared(Path(folder) / "smallfed.db")
        if set_up:
            with closing(open_writer(path)) as sql:
                settling.set_up(Tx(sql, now=world.NOW, dice=seeded(2)), beginning())
                sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


@cache
def keys() -> dict[str, tuple[str, str, str]]:
    """Return keys for houses of tests: making them takes long."""
    return fresh_keys()


@cache
def _password() -> str:
    return passwords.hashed(PASSWORD, salt=bytes(passwords.SALT_BYTES))


def beginning(**fields: Any) -> Beginning:
    """Return the beginning of @alice@home.example."""
    return Beginning(
        **{
            "username": "alice",
            "name": "Alice",
            "password": _password(),
            "domain": "home.example",
            "account_domain": "home.example",
            "trial": False,
            "keys": keys(),
            **fields,
        }
    )


@asynccontextmanager
async def living(folder: Path, *, set_up: bool = True, rate: bool = True) -> AsyncIterator[Place]:
    """Run the house's database while the block runs; without threads, and without a world outside."""
    (folder / "smallfed.db").write_bytes(_template(set_up=set_up))
    clock, events = StoppedClock(), list[Event]()
    parts = assembled(folder, clock, Hub(), FakeHttp(), publish=events.extend, rate=rate)
    app = new_app(parts)
    oauth.register(app)
    web.register(app)
    assert parts.config.server.bind == Endpoint("127.0.0.1", 8420)
    async with trio.open_nursery() as nursery:
        await nursery.start(parts.db.run)
        place = Place(parts, app, clock, events)
        if set_up:
            await place.settle_in()
        else:
            await parts.db.write(inviting.expect, SETUP_TOKEN)
        yield place
        nursery.cancel_scope.cancel()
