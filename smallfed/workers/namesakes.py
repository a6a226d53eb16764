"""Namesakes: two ids for one handle. Either the first has another name by now, or its server has begun anew.

Spec: PROTOCOL §1.1 (5). A server that was installed again has lost who follows whom; the owner follows there again.
"""

from smallfed.errors import Gone, Invalid, NotFound
from smallfed.policy.budgets import Errand
from smallfed.runtime.database import Database
from smallfed.workers import storing
from smallfed.workers.fetching import Fetcher


async def look(db: Database, fetcher: Fetcher, uri: str, errand: Errand) -> None:
    """Find out whether the account ``uri`` is still there, whose handle WebFinger says is somebody else's.

    Who has taken another name stays who they are. Raises why that cannot be found out now.
    """
    if await _is_left(fetcher, uri, errand):
        await db.patient_write(storing.succeed, uri)
    else:
        await fetcher.actor(uri, errand, refresh=True)


async def _is_left(fetcher: Fetcher, uri: str, errand: Errand) -> bool:
    """Whether the id stands for nobody any more, leads to another one, or to a name that is no longer its own."""
    try:
        said = await fetcher.read_actor(uri, errand)
    except (NotFound, Gone):
        return True
    if said.uri != uri:
        return True
    try:
        await fetcher.discovery.confirmed(said, errand)
    except Invalid:
        return True
    return False
