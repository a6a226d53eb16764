"""Relays: what is at the address that the owner gave: an actor, or an inbox, which answers GETs with anything at all.

Spec: PROTOCOL §7; FEP-ae0c.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from smallfed.domain.account import Kind
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, SmallfedError
from smallfed.policy import parking
from smallfed.policy.budgets import Errand
from smallfed.protocol.negotiation import is_activity
from smallfed.runtime.database import Database
from smallfed.services import relaying
from smallfed.store.fetches import Fetch
from smallfed.translate import inward
from smallfed.workers.documents import Documents
from smallfed.workers.errands import ATTEMPTS

ENDING = "/relay"  # of actors of Pleroma and old Akkoma, who say that they are people


async def look(db: Database, documents: Documents, fetch: Fetch, errand: Errand) -> None:
    """Find out what is there, and ask it; a SmallfedError when that has to be tried again."""
    address = fetch.uri
    try:
        actor, inbox = await _at(documents, address, errand)
    except SmallfedError as error:
        if _is_inbox(address):  # whoever does not answer now is asked as often as others are
            await db.patient_write(relaying.found, address, actor=None, inbox=None)
            return
        decision = parking.judge(error, attempts=fetch.attempts, age=timedelta(0))
        if not isinstance(decision, Refused) and fetch.attempts < ATTEMPTS:
            raise
        await db.patient_write(relaying.lost, address, error.message)
        return
    await db.patient_write(relaying.found, address, actor=actor, inbox=inbox)


async def _at(documents: Documents, address: str, errand: Errand) -> tuple[str | None, str | None]:
    """Return (actor, its inbox), or nothing where there is an inbox; Invalid where there is neither."""
    answer = await documents.fetch(address, errand)
    if answer.status != 200 or not is_activity(answer.header("content-type")):
        if _is_inbox(address):
            return None, None
        raise Invalid(f"There is no relay at {address}: it answers HTTP {answer.status}, and is no actor.")
    account = inward.account(await documents.get(address, errand))
    if account.kind is Kind.PERSON and not urlsplit(account.uri).path.endswith(ENDING):
        raise Invalid("It is somebody, and no relay.")
    return account.uri, account.inbox


def _is_inbox(address: str) -> bool:
    return urlsplit(address).path.rstrip("/").endswith("/inbox")
