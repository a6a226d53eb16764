"""Follow, Block, and the answers to what the owner asked: Accept and Reject.

Spec: ActivityPub §§7.5–7.7, 7.9; FEP-044f (answers with a ``result``); PROTOCOL §§4.2, 5.8.
"""

from smallfed.domain import incoming
from smallfed.domain.incoming import FollowReference, Incoming
from smallfed.domain.uris import web
from smallfed.errors import Invalid
from smallfed.protocol import quirks
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import NOTES
from smallfed.translate.activities.reading import Reader, object_of


def _follow(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Follow(id=id_, actor=actor, object=object_of(document))


def _accept(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Accept(
        id=id_,
        actor=actor,
        follow=_answered(document),
        kind=_kind(document),
        instrument=_instrument(document),
        result=web(document.uri("result")),
    )


def _reject(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Reject(
        id=id_, actor=actor, follow=_answered(document), kind=_kind(document), instrument=_instrument(document)
    )


def _approve_reply(document: Document, id_: str | None, actor: str) -> Incoming:
    """PeerTube's word for accepting a comment; the activity itself is the proof."""
    return incoming.Accept(
        id=id_, actor=actor, follow=FollowReference(id=object_of(document)), kind="Note", result=web(id_)
    )


def _reject_reply(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Reject(id=id_, actor=actor, follow=FollowReference(id=object_of(document)), kind="Note")


def _kind(document: Document) -> str | None:
    """Return what is answered, None for a Follow, and where only its id came."""
    answered = document.document("object")
    if answered is None or not answered.types:
        return None
    kind = answered.type_in(_ANSWERED)
    if kind is None:
        raise Invalid(f"It answers {answered.types[0][:100]}, which has no meaning here.")
    return None if kind == "Follow" else kind


def _instrument(document: Document) -> str | None:
    answered = document.document("object")
    return None if answered is None else web(answered.uri("instrument"))


def _answered(document: Document) -> FollowReference:
    """Return what is answered: by id, or embedded, maybe without one."""
    follow = document.document("object")
    if follow is None:
        return FollowReference(id=object_of(document))
    reference = FollowReference(id=follow.id, actor=web(follow.uri("actor")), object=web(follow.uri("object")))
    if reference == FollowReference():
        raise Invalid("It does not say what it answers.")
    return reference


def _block(document: Document, id_: str | None, actor: str) -> Incoming:
    return incoming.Block(
        id=id_,
        actor=actor,
        object=object_of(document),
        target=web(quirks.lemmy_ban(document)),
        sweeps=document.flag("removeData") is True,
    )


_ANSWERED = NOTES | {"Follow", "QuoteRequest", "Like", "Announce"} | {"LikeRequest", "ReplyRequest", "AnnounceRequest"}

READERS: dict[str, Reader] = {
    "Accept": _accept,
    "ApproveReply": _approve_reply,
    "Block": _block,
    "Follow": _follow,
    "Reject": _reject,
    "RejectReply": _reject_reply,
}
