"""Who moderates a group, asked of the group itself: a collection of actors, or (PeerTube) a single one.

Spec: FEP-1b12 (``attributedTo``); SAFETY rules 8, 25.
"""

from smallfed.domain.uris import web
from smallfed.errors import Gone, Invalid, NotFound
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.database import Database
from smallfed.services import governing
from smallfed.store import accounts
from smallfed.store.fetches import Fetch
from smallfed.translate import inward
from smallfed.workers.documents import Documents
from smallfed.workers.leafing import turn


async def ask(db: Database, documents: Documents, fetch: Fetch) -> None:
    """Read who moderates the group ``fetch.uri``, and store that, when there is time."""
    await read(db, documents, fetch.uri, documents.errand(Purpose.STRANGER))


async def read(db: Database, documents: Documents, uri: str, errand: Errand) -> None:
    """Read who moderates the group ``uri``, and store that."""
    group = await db.read(accounts.find_uri, uri)
    if group is None or group.moderators is None:
        return
    named = await _named(documents, group.uri, group.moderators, errand)
    await db.patient_write(governing.appoint, group.uri, named)


async def _named(documents: Documents, group: str, place: str, errand: Errand) -> list[str]:
    try:
        leaf = await turn(documents, place, errand, origin=group, most=governing.MODERATORS)
    except (NotFound, Gone):
        return []
    except Invalid:
        if inward.kind_of(await documents.get(place, errand)) == "account":
            return [place]
        raise
    return [uri for uri in leaf.items if web(uri)]
