"""Follow, Accept, Reject and Block, as others send them.

Spec: ActivityPub §§7.5–7.7, 7.9; PROTOCOL §4.2.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import FollowReference, Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document
from smallfed.translate.activities.reading import Reader, object_of


def _follow(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Follow(id=id_, actor=actor, object=object_of(document))


def _accept(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Accept(id=id_, actor=actor, follow=_answered(document))


def _reject(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Reject(id=id_, actor=actor, follow=_answered(document))


def _answered(document: Document) -> FollowReference:
    """Return the Follow that is answered: by id, or embedded, maybe without one."""
    follow = document.document("object")
    if follow is None:
        return FollowReference(id=object_of(document))
    if follow.types and "Follow" not in follow.types:
        raise Invalid(f"It answers a {follow.types[0][:100]}, which has no meaning here.")
    reference = FollowReference(id=follow.id, actor=web(follow.uri("actor")), object=web(follow.uri("object")))
    if reference == FollowReference():
        raise Invalid("It does not say what it answers.")
    return reference


def _block(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Block(
        id=id_,
        actor=actor,
        object=object_of(document),
        target=web(document.uri("target")),
        sweeps=document.flag("removeData") is True,
    )


READERS: dict[str, Reader] = {
    "Accept": _accept,
    "Block": _block,
    "Follow": _follow,
    "Reject": _reject,
}
