"""Documents of other servers → facts. Nothing is believed here: whether the sender may say so is decided elsewhere.

Spec: ActivityPub §7, https://docs.joinmastodon.org/spec/activitypub/, FEP-fe34 (belief).
"""

from smallfed.domain.incoming import Incoming, NotUnderstood
from smallfed.domain.uris import web
from smallfed.errors import Invalid, Malformed
from smallfed.protocol import jsonld, limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import known_first
from smallfed.translate.activities import READERS
from smallfed.translate.kinds import kind_of
from smallfed.translate.people import account, bare_key, keys
from smallfed.translate.posts import post

__all__ = ["account", "bare_key", "keys", "kind_of", "meaning", "post", "understand"]


def understand(body: bytes) -> Incoming:
    """Return what an activity says; NotUnderstood, with the reason, for what has no meaning (yet).

    Malformed when it is no activity at all: no JSON object, no type, or no actor that is an http(s) URL.
    """
    return meaning(jsonld.read(body))


def meaning(document: Document) -> Incoming:
    """Return what an activity that is read already says: as ``understand``."""
    actor = web(document.uri("actor"))
    if actor is None:
        raise Malformed("The activity names no actor that is an http(s) URL.")
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
