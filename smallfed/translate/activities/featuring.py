"""Add and Remove, as others send them: into and out of collections; and Lock, which closes a thread.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured, FEP-1b12; PROTOCOL §4.2.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document
from smallfed.translate import tags
from smallfed.translate.activities.reading import Reader, object_of
from smallfed.translate.kinds import kind_of


def _add(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Add(id=id_, actor=actor, target=_target(document), **_member(document))


def _remove(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Remove(id=id_, actor=actor, target=_target(document), **_member(document))


def _member(document: Document) -> dict[str, str]:
    """Return the id of what goes into or out of a collection, or the hashtag with the address of its page."""
    thing = document.document("object")
    if thing is not None and "FeaturedItem" in thing.types:
        return {"object": web(thing.id) or object_of(document)}
    if thing is not None and "Hashtag" in thing.types:
        title = tags.title(thing)
        if not title:
            raise Invalid("It names no hashtag that could be one.")
        return {"object": web(thing.uri("href")) or "", "hashtag": title}
    if thing is not None and thing.types and kind_of(thing) != "post":
        raise Invalid(f"A {thing.types[0][:100]} in a collection has no meaning here.")
    return {"object": object_of(document)}


def _target(document: Document) -> str:
    uri = web(document.uri("target"))
    if uri is None:
        raise Invalid("It names no collection by an http(s) URL.")
    return uri


def _lock(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Lock(id=id_, actor=actor, object=object_of(document))


READERS: dict[str, Reader] = {
    "Add": _add,
    "Lock": _lock,
    "Remove": _remove,
}
