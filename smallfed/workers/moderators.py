"""Who moderates a group, asked of the group itself: a collection of actors, or (PeerTube) a single one.

Spec: FEP-1b12 (``attributedTo``); SAFETY rules 8, 25.
"""

from smallfed.domain.uris import web
from smallfed.errors import Gone, NotFound
from smallfed.policy.budgets import Errand, Purpose
from smallfed.runtime.database import Database
from smallfed.services import ruling
from smallfed.store import accounts
from smallfed.store.fetches import Fetch
from smallfed.translate import inward
from smallfed.workers.documents import Documents
from smallfed.workers.leafing import turn


async def ask(db: Database, documents: Documents, fetch: Fetch) -> None:
    """Read who moderates the group ``fetch.uri``, and store that."""
    group = await db.read(accounts.find_uri, fetch.uri)
    if group is None or group.moderators is None:
        return
    named = await _named(documents, group.uri, group.moderators, documents.errand(Purpose.STRANGER))
    await db.patient_write(ruling.appoint, group.uri, named)


async def _named(documents: Documents, group: str, place: str, errand: Errand) -> list[str]:
    try:
        found = await documents.get(place, errand)
        if inward.kind_of(found) == "account":
            return [place]
        leaf = await turn(documents, place, errand, origin=group, most=ruling.MODERATORS)
    except (NotFound, Gone):
        return []
    return [uri for uri in leaf.items if web(uri)]
