"""Undo, as others send it: with what is undone embedded, or only named.

Spec: ActivityPub §7.12; PROTOCOL §4.2.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import known_first
from smallfed.translate import reactions
from smallfed.translate.activities.reading import Reader, object_of

_REACTIONS = frozenset({"Like", "EmojiReact", "Dislike"})


def _undo(document: Document, id_: str | None, actor: str) -> Incoming:
    undone = document.document("object")
    if undone is None:
        return incoming.Undo(id=id_, actor=actor, undone=object_of(document))
    if undone.has("actor") and web(undone.uri("actor")) != actor:
        raise Invalid("It takes back what somebody else has done.")
    kind = known_first(undone.types) if undone.types else None
    reacted = kind in _REACTIONS
    return incoming.Undo(
        id=id_,
        actor=actor,
        undone=undone.id,
        kind="Like" if reacted else kind and kind[: limits.NAME],
        object=web(undone.uri("object")),
        target=web(undone.uri("target")),
        restores=document.flag("restoreData") is True,
        emoji=reactions.emoji_of(undone, actor) if reacted else "",
    )


READERS: dict[str, Reader] = {
    "Undo": _undo,
}
