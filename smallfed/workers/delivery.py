"""Delivering: one nursery, one lane per host, every fact in the database."""

import trio

from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Http
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity


class Deliverer:
    """Sends what the queue holds."""

    def __init__(
        self, db: Database, http: Http, clock: Clock, dice: Dice, identity: Identity, bell: Bell, aside: Aside
    ) -> None:
        self._db, self._http, self._clock, self._dice = db, http, clock, dice
        self._identity, self._bell, self._aside = identity, bell, aside

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Deliver until cancelled."""
        task_status.started()
        await trio.sleep_forever()
