"""Counting: how many followers, follows and posts an account has, by its own server's word.

Spec: PROTOCOL §4.14. Only for accounts that somebody looks at, and when there is time.
"""

from smallfed.errors import SmallfedError
from smallfed.policy.budgets import Errand
from smallfed.protocol.jsonld import Document
from smallfed.runtime.database import Database
from smallfed.store import accounts
from smallfed.translate import inward
from smallfed.workers import storing
from smallfed.workers.documents import Documents


async def count(db: Database, documents: Documents, uri: str, errand: Errand) -> None:
    """Ask the collections of the account ``uri`` for their sizes, and store what they say.

    Those that cannot be had leave what was known; a list of followers without any way into it is hidden.
    """
    account = await db.read(accounts.find_uri, uri)
    if account is None or account.local:
        return
    places = {"followers": account.followers, "following": account.following, "posts": account.outbox}
    asked = {name: await _collection(documents, place, errand) for name, place in places.items()}
    found = {name: document for name, document in asked.items() if document is not None}
    counts = {name: total for name, document in found.items() if (total := document.integer("totalItems")) is not None}
    list_ = found.get("followers")
    hidden = account.hide_collections if list_ is None else not any(map(list_.has, ("first", "items", "orderedItems")))
    if counts:
        await db.patient_write(storing.count, account.id, counts, hidden=hidden)


async def _collection(documents: Documents, uri: str | None, errand: Errand) -> Document | None:
    """Return a collection, or None where there is none: an account without numbers is no failure."""
    try:
        document = None if uri is None else await documents.get(uri, errand)
    except SmallfedError:
        return None
    return document if document is not None and inward.kind_of(document) == "collection" else None
