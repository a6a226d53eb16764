"""Documents of other servers → facts: the one table from activity types to their meaning.

Spec: ActivityPub §7, https://docs.joinmastodon.org/spec/activitypub/, FEP-c0e0 (reactions), FEP-fe34 (belief).
Nothing is believed here: whether the sender may say so is decided by ``policy`` and ``inbox``.
"""

from collections.abc import Callable
from typing import Literal

from smallfed.domain import incoming
from smallfed.domain.incoming import FollowReference, Incoming, NotUnderstood
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import jsonld, limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES, ACTORS, COLLECTIONS, KEYS, POSTS, known_first
from smallfed.translate import audience
from smallfed.translate.people import account, bare_key, keys
from smallfed.translate.posts import owners, post

__all__ = ["account", "bare_key", "keys", "kind_of", "post", "understand"]

KindOf = Literal["account", "post", "activity", "collection", "key", "tombstone", "other"]


def understand(body: bytes) -> Incoming:
    """Return what an activity says; NotUnderstood, with the reason, for what has no meaning (yet).

    Malformed when it is no activity at all: no JSON object, no type, or no actor that is an http(s) URL.
    """
    document = jsonld.read(body)
    actor = web(document.uri("actor"))
    if actor is None:
        raise Malformed("The activity names no actor that is an http(s) URL.")
    if not document.types:
        raise Malformed("The activity has no type.")
    kind = known_first(document.types)
    read = _READERS.get(kind)
    try:
        if read is not None:
            return read(document, document.id, actor)
        reason = f"{kind[:100]} has no meaning here."
    except Invalid as why:
        reason = why.message
    return NotUnderstood(id=document.id, actor=actor, type=kind[: limits.NAME], reason=reason)


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


# What each activity says ---------------------------------------------------------------------------------------------
def _follow(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Follow(id=id_, actor=actor, object=_object(document))


def _accept(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Accept(id=id_, actor=actor, follow=_answered(document))


def _reject(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Reject(id=id_, actor=actor, follow=_answered(document))


def _answered(document: Document) -> FollowReference:
    """Return the Follow that is answered: by id, or embedded, maybe without one."""
    follow = document.document("object")
    if follow is None:
        return FollowReference(id=_object(document))
    if follow.types and "Follow" not in follow.types:
        raise Invalid(f"It answers a {follow.types[0][:100]}, which has no meaning here.")
    reference = FollowReference(id=follow.id, actor=web(follow.uri("actor")), object=web(follow.uri("object")))
    if reference == FollowReference():
        raise Invalid("It does not say what it answers.")
    return reference


def _undo(document: Document, id_: str | None, actor: str) -> Incoming:
    undone = document.document("object")
    if undone is None:
        return incoming.Undo(id=id_, actor=actor, undone=_object(document))
    if undone.has("actor") and web(undone.uri("actor")) != actor:
        raise Invalid("It takes back what somebody else has done.")
    kind = known_first(undone.types) if undone.types else None
    return incoming.Undo(
        id=id_,
        actor=actor,
        undone=undone.id,
        kind="Like" if kind == "EmojiReact" else kind and kind[: limits.NAME],
        object=web(undone.uri("object")),
    )


def _create(document: Document, id_: str | None, actor: str) -> Incoming:
    return _published(document, id_, actor, update=False)


def _update(document: Document, id_: str | None, actor: str) -> Incoming:
    return _published(document, id_, actor, update=True)


def _published(document: Document, id_: str | None, actor: str, *, update: bool) -> Incoming:
    """Return a Create or Update; Mentioned where the object must be asked of its own origin before it is believed."""
    things = document.documents("object", 2)
    if len(things) > 1:
        raise Invalid("It publishes several objects at once.")
    uri = web(things[0].id) if things else _object(document)
    if uri is None:
        raise Invalid("The object has no id that is an http(s) URL.")
    mentioned = incoming.Mentioned(id=id_, actor=actor, object=uri, update=update)
    if not things:
        return mentioned
    thing, kind = things[0], kind_of(things[0])
    if kind == "account" and update:
        complete = uri == actor and thing.has("inbox")
        return incoming.UpdateAccount(id=id_, actor=actor, account=account(thing)) if complete else mentioned
    if kind != "post":
        raise Invalid(f"{(thing.types or ('An object without a type',))[0][:100]} is nothing that could be a post.")
    if not same_origin(uri, actor) or (owners(thing) and actor not in owners(thing)):
        return mentioned
    stated = post(thing, activity=document)
    make = incoming.UpdatePost if update else incoming.Create
    return make(id=id_, actor=actor, post=stated)


def _delete(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Delete(id=id_, actor=actor, object=_object(document))


def _like(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Like(id=id_, actor=actor, object=_object(document), content=_reaction(document))


def _reaction(document: Document) -> str | None:
    """Return the emoji of a reaction, or None for a plain favourite and for what is no emoji."""
    text = (document.text("content") or document.text("_misskey_reaction")).strip()
    emoji = quirks.misskey_reaction(text)
    if not emoji or len(emoji) > limits.REACTION or any(map(str.isspace, emoji)) or quirks.misskey_favourite(emoji):
        return None
    return emoji


def _announce(document: Document, id_: str | None, actor: str) -> Incoming:
    inner = document.document("object")
    if inner is not None and inner.type_in(ACTIVITIES) is not None:
        raise Invalid("It announces an activity, as groups do.")
    to_whom = audience.read(document)
    return incoming.Announce(
        id=id_,
        actor=actor,
        object=_object(document),
        to=to_whom.to,
        cc=to_whom.cc,
        published_at=document.moment("published"),
    )


def _block(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Block(id=id_, actor=actor, object=_object(document), target=web(document.uri("target")))


def _add(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Add(id=id_, actor=actor, object=_member(document), target=_target(document))


def _remove(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Remove(id=id_, actor=actor, object=_member(document), target=_target(document))


def _member(document: Document) -> str:
    """Return the id of what goes into or out of a collection; a hashtag, say, is no post."""
    thing = document.document("object")
    if thing is not None and thing.types and (kind_of(thing) != "post" or "Hashtag" in thing.types):
        raise Invalid(f"A {thing.types[0][:100]} in a collection has no meaning here.")
    return _object(document)


def _target(document: Document) -> str:
    uri = web(document.uri("target"))
    if uri is None:
        raise Invalid("It names no collection by an http(s) URL.")
    return uri


def _object(document: Document) -> str:
    uri = web(document.uri("object"))
    if uri is None:
        raise Invalid("It names no object by an http(s) URL.")
    return uri


_READERS: dict[str, Callable[[Document, str | None, str], Incoming]] = {
    "Accept": _accept,
    "Add": _add,
    "Announce": _announce,
    "Block": _block,
    "Create": _create,
    "Delete": _delete,
    "EmojiReact": _like,
    "Follow": _follow,
    "Like": _like,
    "Reject": _reject,
    "Remove": _remove,
    "Undo": _undo,
    "Update": _update,
}
