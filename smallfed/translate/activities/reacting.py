"""Like, EmojiReact and Announce, as others send them.

Spec: ActivityPub §§7.10, 7.11; FEP-c0e0; PROTOCOL §§4.2, 4.9.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.errors import Invalid
from smallfed.protocol import limits, quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES
from smallfed.translate import audience
from smallfed.translate.activities.reading import Reader, object_of


def _like(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Like(id=id_, actor=actor, object=object_of(document), content=_reaction(document))


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
        object=object_of(document),
        to=to_whom.to,
        cc=to_whom.cc,
        published_at=document.moment("published"),
    )


READERS: dict[str, Reader] = {
    "Announce": _announce,
    "EmojiReact": _like,
    "Like": _like,
}
