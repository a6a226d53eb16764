"""Kinds: what a document of another server is, by its type or, where we do not know that, by what it has."""

from typing import Literal

from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES, ACTORS, COLLECTIONS, KEYS, POSTS

KindOf = Literal["account", "post", "activity", "collection", "key", "tombstone", "other"]


def kind_of(document: Document) -> KindOf:
    """Return what a document is. An object of a type we do not know is a post when it has an author or a text."""
    for kinds, answer in _KINDS:
        if document.type_in(kinds) is not None:
            return answer
    if document.has("publicKeyPem") or document.has("publicKeyMultibase"):
        return "key"
    if document.has("actor") and document.has("object"):
        return "activity"
    if document.types and any(document.has(name) for name in ("attributedTo", "content", "contentMap", "name")):
        return "post"
    return "other"


_KINDS: tuple[tuple[frozenset[str], KindOf], ...] = (
    (ACTORS, "account"),
    (ACTIVITIES, "activity"),
    (POSTS, "post"),
    (COLLECTIONS, "collection"),
    (KEYS, "key"),
    (frozenset({"Tombstone"}), "tombstone"),
)
