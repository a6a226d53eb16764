"""A house with a queue and a network of scripted hosts, in virtual time."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import trio

from smallfed.domain.house import House
from smallfed.protocol.signatures.keys import generate_rsa
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Answer, Headers, NoAnswer, Onward, Sign
from smallfed.runtime.clock import VirtualClock
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import INSTANCE_RSA, OWNER_RSA, Identity
from smallfed.store import bodies, hosts
from smallfed.store.moments import ms
from smallfed.store.tx import Tx
from smallfed.workers.delivery import Deliverer
from smallfed.workers.synchronising import Digests
from tests.pouring import Pouring
from tests.prepared import prepared

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = 86_400.0

KEY = generate_rsa()
HOUSE = House(
    scheme="https",
    domain="home.example",
    account_domain="home.example",
    username="alice",
    trial=False,
    created_at=START,
)

Behaviour = int | float | NoAnswer | Exception | tuple[int, dict[str, str]]
"""A status; seconds (float) until 202; an error; a status with headers."""


class Request:
    """What a host was sent, and when (seconds since the start)."""

    def __init__(self, at: float, url: str, body: bytes, headers: Sequence[tuple[str, str]]) -> None:
        self.at, self.url, self.body = at, url, body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def scheme(self) -> str:
        return "rfc9421" if "signature-input" in self.headers else "cavage"


class Network(Pouring):
    """An ``Http`` whose hosts behave by a rule, or as scripted: the list is used up, the last of it stays."""

    def __init__(self) -> None:
        self.script: dict[str, list[Behaviour]] = {}
        self.rules: dict[str, Callable[[Request], Behaviour]] = {}
        self.requests: list[Request] = []
        self.in_flight: dict[str, int] = {}
        self.most_in_flight: dict[str, int] = {}

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        body: bytes | None = None,
        sign: Sign | None = None,
        limit: int = 1 << 20,
        deadline: float = 30.0,
        onward: Onward | None = None,
    ) -> Answer:
        assert (method, onward) == ("POST", None)
        assert sign is not None
        assert body is not None
        host = url.split("/")[2]
        request = Request(trio.current_time(), url, body, sign(method, url, body))
        self.requests.append(request)
        self.in_flight[host] = self.in_flight.get(host, 0) + 1
        self.most_in_flight[host] = max(self.most_in_flight.get(host, 0), self.in_flight[host])
        try:
            with trio.move_on_after(deadline):
                return await self._behave(url, self._behaviour(host, request))
            raise NoAnswer("timeout", f"{host} did not finish in time")
        finally:
            self.in_flight[host] -= 1

    def _behaviour(self, host: str, request: Request) -> Behaviour:
        if host in self.rules:
            return self.rules[host](request)
        script = self.script.get(host, [202])
        return script.pop(0) if len(script) > 1 else script[0]

    async def _behave(self, url: str, behaviour: Behaviour) -> Answer:
        await trio.lowlevel.checkpoint()
        match behaviour:
            case Exception():
                raise behaviour
            case float():
                await trio.sleep(behaviour)
                return Answer(202, url, [], b"")
            case int():
                return Answer(behaviour, url, [], b"")
            case (status, headers):
                return Answer(status, url, list(headers.items()), b"")

    def times(self, host: str) -> list[float]:
        return [round(request.at, 1) for request in self.requests if request.url.split("/")[2] == host]

    def bodies(self, host: str) -> list[str]:
        return [request.body.decode() for request in self.requests if request.url.split("/")[2] == host]


class Office:
    """The queue, and the deliverer that works on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = VirtualClock(START)
        self.dice: Callable[[int], int] = lambda bits: 0  # no jitter
        self.db = Database(path, self.clock, publish=lambda events: None, dice=lambda bits: 0, threaded=False)
        self.network = Network()
        self.bell = Bell()
        self.identity = Identity(self.clock)
        pems = (KEY.pem(), KEY.public.pem())
        self.identity.load(HOUSE, {OWNER_RSA: pems, INSTANCE_RSA: pems})
        self.hub = Hub()
        self.digests = Digests(self.db, self.hub, self.identity)

    def deliverer(self) -> Deliverer:
        aside = Aside(threads=False)
        return Deliverer(self.db, self.network, self.clock, self.dice, self.identity, self.bell, aside, self.digests)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A deliverer runs while the block does."""
        async with trio.open_nursery() as nursery:
            await nursery.start(self.deliverer().run)
            yield
            nursery.cancel_scope.cancel()

    async def send(self, *inboxes: str, body: str = "one", type_: str = "Create", post: int | None = None) -> int:
        """Queue an activity for inboxes, ring, and return the number of its body."""
        number = await self.db.write(queue, inboxes, body=body, type_=type_, post=post)
        self.bell.ring()
        return number

    async def states(self) -> list[tuple[str, str, str | None]]:
        """Return (inbox, state, last answer) of all deliveries, in order."""
        return await self.db.read(_states)


def queue(tx: Tx, inboxes: Sequence[str], *, body: str, type_: str = "Create", post: int | None = None) -> int:
    """Queue an activity for inboxes, as ``store/recipients`` does for those it finds."""
    number = bodies.put(tx, activity=f"https://home.example/{body}", type_=type_, body=body.encode(), post=post)
    now = ms(tx.now)
    rows = [(number, inbox, inbox.split("/")[2], now, now) for inbox in inboxes]
    tx.sql.executemany("INSERT INTO deliveries (body_id, inbox, host, due, created_at) VALUES (?, ?, ?, ?, ?)", rows)
    hosts.recount(tx, {row[2] for row in rows})
    return number


def _states(tx: Tx) -> list[tuple[str, str, str | None]]:
    return tx.all("SELECT inbox, state, answer FROM deliveries ORDER BY id")


@asynccontextmanager
async def open_office(folder: Path) -> AsyncIterator[Office]:
    """Prepare a database in ``folder`` and run it."""
    path = folder / "smallfed.db"
    prepared(path)
    office = Office(path)
    async with trio.open_nursery() as nursery:
        await nursery.start(office.db.run)
        yield office
        nursery.cancel_scope.cancel()
