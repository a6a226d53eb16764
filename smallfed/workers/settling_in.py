"""Settling in: the house as it is stored is taken into memory, at the start, and when the owner sets it up or leaves.

What the configuration says is written down for the rules that ask the database, so that they need not know of it.
"""

from collections.abc import Callable

import trio
from msgspec import structs

from smallfed.domain.events import HouseSetUp, OwnerLeft
from smallfed.domain.house import House
from smallfed.domain.wave import Limits
from smallfed.domain.welcome import Welcome
from smallfed.protocol import webpush
from smallfed.runtime.identity import VAPID
from smallfed.services import moderating, requesting, settling, sifting
from smallfed.store import houses
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

HOUR = 3600.0


class SettlingIn:
    """Keeps the house in memory as it is stored. ``begin`` is told of it before anything of it is used, once."""

    def __init__(self, parts: Parts, begin: Callable[[House], None]) -> None:
        self._parts, self._begin = parts, begin
        self._bell = parts.hub.bell(HouseSetUp, OwnerLeft)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Take it anew when it changes, until cancelled."""
        task_status.started()
        while True:
            if await self._bell.listen(HOUR):
                await self.look()

    async def look(self) -> None:
        """Take the house as it is stored, if it is set up."""
        db, identity, config = self._parts.db, self._parts.identity, self._parts.config
        stored = await db.read(_stored)
        if stored is None:
            return
        house, keys = stored
        house = await self._media_of(house)
        if VAPID not in keys and house.left_at is None:  # a house from before there was Web Push
            keys = await db.write(settling.lend_key, VAPID, webpush.generate())
        if identity.house is None:
            self._begin(house)
        identity.load(house, keys)
        await db.write(moderating.close, closed=config.federation.mode == "allow-list")
        await db.write(sifting.limit, Limits(**structs.asdict(config.strangers)))
        await db.write(requesting.agree, Welcome(**structs.asdict(config.follow_requests)))

    async def _media_of(self, house: House) -> House:
        """Return the house with its media where the configuration says, and with a key for those of others."""
        host = self._parts.config.media.host
        host = None if host == house.domain.lower() else host
        if house.left_at is None and (house.media_host != host or house.signet is None):
            return await self._parts.db.write(settling.place_media, host)
        return house


def _stored(tx: Tx) -> tuple[House, dict[str, tuple[str, str]]] | None:
    house = houses.find(tx)
    return None if house is None else (house, houses.keys(tx))
