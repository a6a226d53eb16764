"""Featuring: which posts an account shows first, and which hashtags, by its own server's word.

Spec: PROTOCOL §4.14, SAFETY rules 8, 24, 25. Only for accounts that somebody looks at, and when there is time.
"""

from smallfed.domain.account import Account, Kind
from smallfed.domain.post import Post
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Gone, NotFound, SmallfedError
from smallfed.policy.budgets import DEPTH, Errand
from smallfed.protocol.jsonld import Document
from smallfed.runtime.database import Database
from smallfed.services.pinning import MOST
from smallfed.services.tagging import MOST_OF_OTHERS
from smallfed.store import accounts
from smallfed.translate import inward, tags
from smallfed.workers import storing
from smallfed.workers.documents import Documents
from smallfed.workers.fetching import Fetcher
from smallfed.workers.leafing import turn


async def feature(db: Database, fetcher: Fetcher, uri: str, errand: Errand) -> None:
    """Read what the account ``uri`` has pinned, and store it; posts that cannot be had are left out.

    What pinned posts answer is not fetched.
    """
    account = await db.read(accounts.find_uri, uri)
    if account is None or account.local or account.featured is None:
        return
    pinned = []
    for place, thing in (await _members(fetcher.documents, account, account.featured, errand)).items():
        try:
            bring = fetcher.obtain(place, errand, depth=DEPTH) if thing is None else fetcher.keep(thing, errand, DEPTH)
            post = await bring
        except SmallfedError:
            continue
        if isinstance(post, Post):
            pinned.append(post.id)
    await db.patient_write(storing.feature, account.id, pinned)


async def tag(db: Database, documents: Documents, uri: str, errand: Errand) -> None:
    """Read which hashtags the account ``uri`` features, and store them."""
    account = await db.read(accounts.find_uri, uri)
    if account is None or account.local or account.featured_tags is None:
        return
    try:
        leaf = await turn(documents, account.featured_tags, errand, origin=account.uri, most=MOST_OF_OTHERS)
        found = leaf.items
    except (NotFound, Gone):
        found = {}
    titles = {
        tags.title(thing): page for page, thing in found.items() if thing is not None and "Hashtag" in thing.types
    }
    await db.patient_write(storing.tag, account.id, {title: page for title, page in titles.items() if title})


async def _members(documents: Documents, account: Account, uri: str, errand: Errand) -> dict[str, Document | None]:
    """Return the ids in the collection that can be posts of the account, with the post where it may be believed."""
    try:
        leaf = await turn(documents, uri, errand, origin=account.uri, most=MOST)
    except (NotFound, Gone):
        return {}
    can_be = {place: thing for place, thing in leaf.items.items() if _can_show(account, place)}
    return {
        place: thing if thing is not None and _is_believed(place, thing, account) else None
        for place, thing in can_be.items()
    }


def _can_show(account: Account, place: str) -> bool:
    """Whether a post may be one that the account shows first; what is made in a group lives anywhere."""
    return account.kind is Kind.GROUP or same_origin(place, account.uri)


def _is_believed(place: str, thing: Document, account: Account) -> bool:
    """Whether the account's server may say what the post is: its own, or in a group one that lives on that server."""
    if inward.kind_of(thing) != "post":
        return False
    owner = web(thing.uri("attributedTo"))
    if account.kind is Kind.GROUP:
        return owner is not None and same_origin(place, account.uri) and same_origin(owner, account.uri)
    return owner == account.uri
