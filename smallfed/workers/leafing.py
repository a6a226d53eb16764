"""Leafing through collections of other servers, page by page, within the budget of an errand.

Spec: ActivityStreams 2.0 §5.3 (collections, paging); PROTOCOL §4.14; SAFETY rules 9, 23, 25.
"""

from msgspec import Struct

from smallfed.domain.uris import same_origin, web
from smallfed.errors import Invalid
from smallfed.policy.budgets import Errand
from smallfed.protocol.jsonld import Document, identifier
from smallfed.translate import inward
from smallfed.workers.documents import Documents


class Leaf(Struct, frozen=True, kw_only=True):
    """One page of a collection.

    ``items``: what is on it in its order, by id (or what else it is found by), with the object where it is embedded;
    nothing about it is checked.
    ``next``: where it goes on, None at the end. ``total``: how many there are by the collection's own word, or None.
    """

    items: dict[str, Document | None]
    next: str | None
    total: int | None


async def turn(
    documents: Documents, uri: str, errand: Errand, *, origin: str, most: int, unless: int | None = None
) -> Leaf:
    """Return the page ``uri``, or the first one of the collection ``uri``, with at most ``most`` items.

    ``origin`` is a URI on the server that must answer for the collection; a page that leads elsewhere is the last.
    Where the total is still ``unless``, nothing is new: the first page is not asked for, and nothing is on the leaf.
    Raises as ``Documents.get``, and Invalid for what is no collection of that server.
    """
    found = await _collection(documents, uri, errand, origin)
    total = found.integer("totalItems")
    if unless is not None and total == unless:
        return Leaf(items={}, next=None, total=total)
    if not (found.has("orderedItems") or found.has("items")) and found.has("first"):
        found = found.document("first") or await _collection(documents, str(found.uri("first")), errand, origin)
    further = web(found.uri("next"))
    return Leaf(
        items=_items(found, "orderedItems", most) | _items(found, "items", most),
        next=further if further != uri and same_origin(further, origin) else None,
        total=total,
    )


async def _collection(documents: Documents, uri: str, errand: Errand, origin: str) -> Document:
    found = await documents.get(uri, errand)
    if inward.kind_of(found) != "collection" or not same_origin(found.id, origin):
        raise Invalid(f"{uri} is no collection of the server of {origin}.")
    return found


def _items(page: Document, name: str, most: int) -> dict[str, Document | None]:
    things = {identifier(thing.value): thing for thing in page.documents(name, most)}
    return {place: things.get(place) for place in page.uris(name, most) if web(place)}
