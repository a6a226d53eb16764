"""The schedule: what has its hour. Old books are closed, an hour after the start and then every hour."""

import logging
from datetime import timedelta

import trio

from smallfed.observe.logging import event
from smallfed.services import billing, borrowing, freezing, requesting, reviewing, uploading
from smallfed.store import farewells, growth, pruning, refusals, unwanted
from smallfed.workers import forgetting
from smallfed.workers.parts import Parts
from smallfed.workers.watching import watch

log = logging.getLogger(__name__)

PERIOD = 3600.0
PAUSE = 0.05  # between two slices, so that others have their turn


class Schedule:
    """Does by the clock what nobody asks for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the hours until cancelled."""
        task_status.started()
        while True:
            await trio.sleep(PERIOD)
            await self.tidy()
            await watch(self._parts)

    async def tidy(self) -> dict[str, int]:
        """Close old books; return how many rows went, by table."""
        db, options = self._parts.db, self._parts.config.federation
        gone = await self._prune() | await self._forget()
        await self._count()
        await db.patient_write(requesting.review)
        if days := options.final_after_days:
            await db.patient_write(freezing.finish_old, timedelta(days=days))
        ledger = timedelta(days=options.ledger_days)
        counts = {
            "refusals": await db.patient_write(refusals.expire, ledger),
            "relay_unwanted": await db.patient_write(unwanted.expire, ledger),
            "binned": await self._clear_bin(),
            "borrowed": await self._give_back(),
        }
        gone |= {name: many for name, many in counts.items() if many}
        await self._advise()
        while unused := await db.patient_write(uploading.expire):
            gone["media"] = gone.get("media", 0) + unused
            await trio.sleep(PAUSE)
        if gone:
            await self._shrink()
            event(log, "tidied", tables=[f"{table}: {count}" for table, count in gone.items()])
        return gone

    async def _prune(self) -> dict[str, int]:
        """Let go what is only kept for a time."""
        gone: dict[str, int] = {}
        for rule in await self._parts.db.long_read(pruning.due):
            while count := await self._parts.db.patient_write(pruning.prune, rule):
                gone[rule.table] = gone.get(rule.table, 0) + count
                await trio.sleep(PAUSE)
                if count < pruning.SLICE:
                    break
        return gone

    async def _shrink(self) -> None:
        """Give back to the disk what the database does not need any more."""
        freed = pruning.SLICE
        while freed == pruning.SLICE:
            freed = await self._parts.db.patient_write(pruning.give_back)
            await trio.sleep(PAUSE)

    async def _forget(self) -> dict[str, int]:
        """Let old posts go; when the owner has left, there is nothing to go round."""
        if await self._parts.db.read(farewells.has):
            return {}
        return await forgetting.forget(self._parts.db, forgetting.terms(self._parts.config.storage), _rest)

    async def _advise(self) -> None:
        """Say which relays are of no use, once a month each, and forget old bills."""
        for each in await self._parts.db.patient_write(billing.advise):
            event(log, "relays.drop it?", level=logging.WARNING, relay=each.relay.address, why=each.hint)
        await self._parts.db.patient_write(billing.tidy)

    async def _count(self) -> None:
        """Count what has come."""
        while await self._parts.db.patient_write(growth.count):
            await _rest()
        await self._parts.db.patient_write(growth.tidy)

    async def _clear_bin(self) -> int:
        """Forget what was learned of strangers long ago, and take away what was binned; return how many things went."""
        await self._parts.db.patient_write(reviewing.forget)
        gone = 0
        while count := await self._parts.db.patient_write(reviewing.finish):
            gone += count
            await trio.sleep(PAUSE)
        return gone

    async def _give_back(self) -> int:
        """Remove what came with the pasts of people at whom the owner does not look any more; return how many posts."""
        keep, gone = timedelta(days=self._parts.config.past.keep_days), 0
        while (count := await self._parts.db.patient_write(borrowing.expire, keep)) is not None:
            gone += count
            await trio.sleep(PAUSE)
        return gone


async def _rest() -> None:
    await trio.sleep(PAUSE)
