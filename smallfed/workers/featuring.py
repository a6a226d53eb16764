"""Featuring: which posts an account shows first, by its own server's word.

Spec: PROTOCOL §4.14, SAFETY rules 8, 24, 25. Only for accounts that somebody looks at, and when there is time.
"""

from collections.abc import Awaitable, Callable

from smallfed.domain.account import Account
from smallfed.domain.post import Post
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Gone, Invalid, NotFound, SmallfedError
from smallfed.policy.budgets import DEPTH, Errand
from smallfed.protocol.jsonld import Document
from smallfed.runtime.database import Database
from smallfed.services.pinning import MOST
from smallfed.store import accounts
from smallfed.translate import inward
from smallfed.workers import storing
from smallfed.workers.documents import Documents

Found = Awaitable[Account | Post]


async def feature(
    db: Database,
    documents: Documents,
    uri: str,
    errand: Errand,
    *,
    obtain: Callable[..., Found],
    keep: Callable[..., Found],
) -> None:
    """Read what the account ``uri`` has pinned, and store it; posts that cannot be had are left out.

    ``obtain(uri, errand, depth=)`` brings a post, ``keep(document, errand, depth)`` stores one that is at hand. What
    pinned posts answer is not fetched.
    """
    account = await db.read(accounts.find_uri, uri)
    if account is None or account.local or account.featured is None:
        return
    pinned = []
    for place, thing in (await _members(documents, account, account.featured, errand)).items():
        try:
            post = await (obtain(place, errand, depth=DEPTH) if thing is None else keep(thing, errand, DEPTH))
        except SmallfedError:
            continue
        if isinstance(post, Post):
            pinned.append(post.id)
    await db.patient_write(storing.feature, account.id, pinned)


async def _members(documents: Documents, account: Account, uri: str, errand: Errand) -> dict[str, Document | None]:
    """Return the ids in the collection that can be posts of the account, with the post where it may be believed."""
    try:
        found = await _collection(documents, account, uri, errand)
        if not (found.has("orderedItems") or found.has("items")) and found.has("first"):
            first = found.document("first")
            found = first or await _collection(documents, account, str(found.uri("first")), errand)
    except (NotFound, Gone):
        return {}
    return _own(found, "orderedItems", account) | _own(found, "items", account)


async def _collection(documents: Documents, account: Account, uri: str, errand: Errand) -> Document:
    """Return a collection, or a page of one, that the account's own server answers for."""
    found = await documents.get(uri, errand)
    if inward.kind_of(found) != "collection" or not same_origin(found.id, account.uri):
        raise Invalid(f"{uri} is no collection of {account.uri}.")
    return found


def _own(collection: Document, name: str, account: Account) -> dict[str, Document | None]:
    things = {thing.id: thing for thing in collection.documents(name, MOST) if _is_by(thing, account)}
    places = [place for place in collection.uris(name, MOST) if same_origin(web(place), account.uri)]
    return {place: things.get(place) for place in places}


def _is_by(thing: Document, account: Account) -> bool:
    return inward.kind_of(thing) == "post" and web(thing.uri("attributedTo")) == account.uri
