"""Documents of other servers → facts. Nothing is believed here: whether the sender may say so is decided elsewhere.

Spec: ActivityPub §7, https://docs.joinmastodon.org/spec/activitypub/, FEP-fe34 (belief), FEP-1b12,
FEP-171b (what is handed over).
"""

from smallfed.domain.incoming import Create, Handed, Incoming, NotUnderstood
from smallfed.domain.uris import web
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import jsonld, limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import known_first
from smallfed.translate import conversations
from smallfed.translate.activities import READERS
from smallfed.translate.kinds import kind_of
from smallfed.translate.people import account, bare_key, keys
from smallfed.translate.posts import post

__all__ = ["account", "bare_key", "keys", "kind_of", "meaning", "post", "understand"]


def understand(body: bytes, *, signer: str | None = None) -> Incoming:
    """Return what an activity says; NotUnderstood, with the reason, for what has no meaning (yet).

    ``signer`` is meant by the few that may name no actor. Malformed when it is no activity at all: no JSON object, no
    type, or no actor that is an http(s) URL.
    """
    return meaning(jsonld.read(body), signer=signer)


def meaning(document: Document, *, signer: str | None = None) -> Incoming:
    """Return what an activity that is read already says: as ``understand``."""
    inner = quirks.group_announce(document)
    if inner is not None:
        return _handed(document, inner, wrapped=True)
    inner = conversations.added(document)
    return _said(document, signer) if inner is None else _handed(document, inner, wrapped=False)


def _handed(document: Document, inner: Document, *, wrapped: bool) -> Incoming:
    """Return what a group announces, or the owner of a conversation adds to it, to be looked into.

    An Announce inside of it is not unwrapped again.
    """
    actor = _actor(document)
    try:
        activity = _made(inner) if kind_of(inner) == "post" else _said(inner)
    except (Malformed, Invalid) as why:
        how = "Announced" if wrapped else "Added"
        return NotUnderstood(
            id=document.id, actor=actor, type=known_first(document.types), reason=f"{how}: {why.message}"
        )
    return Handed(id=document.id, actor=actor, wrapped=wrapped, activity=activity, document=inner.encode())


def _made(thing: Document) -> Incoming:
    stated = post(thing)
    return Create(id=None, actor=stated.author, post=stated)


def _actor(document: Document, signer: str | None = None) -> str:
    actor = web(document.uri("actor"))
    if not document.has("actor") and quirks.mastodon_request_without_actor(document.types):
        actor = signer
    if actor is None:
        raise Malformed("The activity names no actor that is an http(s) URL.")
    return actor


def _said(document: Document, signer: str | None = None) -> Incoming:
    actor = _actor(document, signer)
    if not document.types:
        raise Malformed("The activity has no type.")
    kind = known_first(document.types)
    read = READERS.get(kind)
    try:
        if read is not None:
            return read(document, document.id, actor)
        reason = f"{kind[:100]} has no meaning here."
    except Invalid as why:
        reason = why.message
    return NotUnderstood(id=document.id, actor=actor, type=kind[: limits.NAME], reason=reason)
