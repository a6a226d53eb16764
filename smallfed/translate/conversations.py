"""Where a post says that its conversation can be read, and which posts the things in such a collection are about.

Spec: FEP-7888, FEP-f228 (collections of posts and of activities), FEP-171b (containers); ActivityStreams 2.0 §5.3;
https://docs.joinmastodon.org/spec/activitypub/ (replies).
"""

from collections.abc import Mapping

from msgspec import Struct

from smallfed.domain.uris import same_origin, web
from smallfed.protocol import quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES
from smallfed.translate.kinds import kind_of

NESTED = 3  # activities in activities: an Add of a Create of a post
PASSED_ON = frozenset({"Create", "Update", "Add", "Announce"})

Items = dict[str, Document | None]


class Replies(Struct, frozen=True, kw_only=True):
    """The replies to a post, as its document has them: ``here``, and where they go on.

    ``further`` is None when all of them are here. ``whole`` is the collection itself, for whoever has an old document.
    """

    here: Items
    further: str | None
    whole: str | None


def contexts(document: Document) -> tuple[str, ...]:
    """Return the collections that the whole conversation is said to be in: that of posts before that of activities."""
    named = (web(document.uri(name)) for name in ("context", "contextHistory"))
    return tuple(dict.fromkeys(uri for uri in named if uri is not None))


def replies(document: Document) -> Replies | None:
    """Return the replies to a post, None where it names no collection of them."""
    listed = {thing.id: thing for thing in quirks.piefed_replies(document) if thing.id is not None and web(thing.id)}
    if listed:
        return Replies(here=dict(listed), further=None, whole=None)
    name = "replies" if document.has("replies") else quirks.peertube_comments(document)
    whole, collection = web(document.uri(name)), document.document(name)
    if collection is None:
        return None if whole is None else Replies(here={}, further=whole, whole=whole)
    first = collection.document("first")
    page = first or collection
    here = _items(page)
    further = web(page.uri("next")) or (None if first else web(collection.uri("first")))
    total = collection.integer("totalItems")
    if further is None and first is None and not here and total != 0:
        further = whole  # it says that there are replies, not which
    return Replies(here=here, further=None if total is not None and len(here) >= total else further, whole=whole)


def posts_in(items: Mapping[str, Document | None]) -> Items:
    """Return the posts that the things in a collection are about, each with its object where that is embedded."""
    found: Items = {}
    for uri, thing in items.items():
        about = (uri, thing) if thing is None else post_in(thing)
        if about is not None:
            found[about[0]] = about[1]
    return found


def post_in(thing: Document) -> tuple[str, Document | None] | None:
    """Return which post a document is about: itself, or what the activity in it makes or passes on; None of others."""
    for _ in range(NESTED):
        if kind_of(thing) != "activity":
            return None if thing.id is None else (thing.id, thing)
        if thing.type_in(PASSED_ON) is None:
            return None
        inner = thing.document("object")
        if inner is None:
            uri = web(thing.uri("object"))
            return None if uri is None else (uri, None)
        thing = inner
    return None


def added(document: Document) -> Document | None:
    """Return what the owner of a conversation adds to it: an activity, or a post that says it is in it; None else.

    Whatever else is put into collections has nothing to do with conversations.
    """
    target, actor, thing = web(document.uri("target")), web(document.uri("actor")), document.document("object")
    if "Add" not in document.types or thing is None or not same_origin(target, actor):
        return None
    if kind_of(thing) == "post":
        return thing if is_whole(thing) and target in contexts(thing) else None
    return thing if thing.type_in(ACTIVITIES) is not None else None


def is_whole(thing: Document) -> bool:
    """Whether an embedded post is more than a mention of it: author, audience and text are there."""
    texts = ("content", "contentMap", "name", "attachment")
    return (
        kind_of(thing) == "post"
        and web(thing.uri("attributedTo")) is not None
        and (thing.has("to") or thing.has("cc"))
        and any(thing.has(name) for name in texts)
    )


def _items(page: Document) -> Items:
    names = ("orderedItems", "items")
    things = {thing.id: thing for name in names for thing in page.documents(name)}
    return {uri: things.get(uri) for name in names for uri in page.uris(name) if web(uri)}
