"""Like, EmojiReact, Dislike and Announce, as others send them.

Spec: ActivityPub §§7.10, 7.11; FEP-c0e0; PROTOCOL §§4.2, 4.9.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import Incoming
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import ACTIVITIES
from smallfed.translate import audience, reactions
from smallfed.translate.activities.reading import Reader, object_of


def _like(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Like(id=id_, actor=actor, object=object_of(document), reaction=reactions.reaction(document, actor))


def _announce(document: Document, id_: str | None, actor: str) -> Incoming:
    inner = document.document("object")
    if inner is not None and inner.type_in(ACTIVITIES) is not None:
        raise Invalid("It announces an activity inside of an activity.")
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
    "Dislike": _like,
    "EmojiReact": _like,
    "Like": _like,
}
