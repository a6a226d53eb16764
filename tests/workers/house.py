"""A house for tests of the loops: its database inline on a real file, its time virtual, the world outside a fake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import trio

from smallfed.domain.account import Account
from smallfed.domain.house import House
from smallfed.protocol import webpush
from smallfed.protocol.signatures.keys import PrivateKey, generate_ed25519
from smallfed.runtime.clock import VirtualClock
from smallfed.runtime.database import Database
from smallfed.runtime.hub import Hub
from smallfed.runtime.identity import INSTANCE_RSA, OWNER_RSA, VAPID, Identity
from smallfed.services import consequences
from smallfed.store import houses
from smallfed.store.tx import Tx
from tests.prepared import prepared
from tests.workers.far import FakeHttp
from tests.world import NOW, acquaint

T = TypeVar("T")


class Here:
    """The parts that the loops are made of; the owner is @alice@home.example."""

    def __init__(self, path: Path) -> None:
        self.clock = VirtualClock(NOW)
        self.hub = Hub()
        self.db = Database(path, self.clock, publish=self.hub.publish, then=consequences.follow, threaded=False)
        self.http = FakeHttp()
        self.identity = Identity(self.clock)

    async def settle_in(self, *, fresh: bool) -> None:
        """Let the owner move in, or come back."""
        if fresh:
            await self.db.write(_move_in)
        house = await self.db.read(houses.find)
        assert house is not None
        key = _key()
        pems = key.pem(), key.public.pem()
        self.identity.load(house, {INSTANCE_RSA: pems, OWNER_RSA: pems, VAPID: webpush.generate()[1:]})

    @property
    def house(self) -> House:
        """Where we live."""
        return self.identity.here

    async def know(self, handle: str, **columns: object) -> Account:
        """Store an account."""
        return await self.db.write(acquaint, handle, **columns)


@cache
def _key() -> PrivateKey:
    return generate_ed25519()


def _move_in(tx: Tx) -> None:
    acquaint(tx, "alice@home.example", local=True)


@asynccontextmanager
async def living(folder: Path) -> AsyncIterator[Here]:
    """Run a house in ``folder`` while the block runs; again in the same folder it has the same database."""
    path = folder / "smallfed.db"
    fresh = not path.exists()
    if fresh:
        prepared(path)
    here = Here(path)
    async with trio.open_nursery() as nursery:
        await nursery.start(here.db.run)
        await here.settle_in(fresh=fresh)
        yield here
        nursery.cancel_scope.cancel()
