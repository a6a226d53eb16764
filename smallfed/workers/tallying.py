"""Tallying: how the poll of somebody else stands now, by its origin's word.

Spec: PROTOCOL §4.10.
"""

import logging

import trio

from smallfed.errors import SmallfedError
from smallfed.observe.logging import event
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.database import Database
from smallfed.workers import storing
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lookup import PATIENCE

log = logging.getLogger(__name__)


async def tally(db: Database, fetcher: Fetcher, uri: str, errand: Errand) -> None:
    """Ask how the poll of a post that we hold stands now."""
    await db.patient_write(storing.revise, await fetcher.read_post(uri, errand))


async def look(db: Database, fetcher: Fetcher, uri: str) -> None:
    """Ask it for somebody who looks on; when that takes too long or fails, what is known must do."""
    with trio.move_on_after(PATIENCE):
        try:
            await tally(db, fetcher, uri, fetcher.documents.errand(Purpose.OWNER))
        except SmallfedError as error:
            event(log, "poll.unknown", level=logging.DEBUG, uri=uri, error=error)
