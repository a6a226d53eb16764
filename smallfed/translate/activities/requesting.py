"""QuoteRequest, ReplyRequest, LikeRequest, AnnounceRequest and FeatureRequest, as others send them.

Spec: FEP-044f, FEP-7aa9; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; PROTOCOL §4.2.
"""

from functools import partial

from smallfed.domain import incoming
from smallfed.domain.incoming import Announce, Incoming, IncomingPost
from smallfed.domain.interaction import Interaction
from smallfed.domain.uris import same_origin, web
from smallfed.errors import Invalid
from smallfed.protocol.jsonld import Document
from smallfed.translate import audience
from smallfed.translate.activities.reading import Reader, object_of
from smallfed.translate.kinds import kind_of
from smallfed.translate.posts import owners, post


def _request(kind: Interaction, document: Document, id_: str | None, actor: str) -> Incoming:
    instrument = web(document.uri("instrument"))
    if instrument is None:
        raise Invalid("It does not say by an http(s) URL what it asks for.")
    thing = document.document("instrument")
    return incoming.Request(
        id=id_,
        actor=actor,
        kind=kind,
        object=object_of(document),
        instrument=instrument,
        post=_post(thing, document, actor) if kind in (Interaction.QUOTE, Interaction.REPLY) else None,
        announce=_announce(thing, actor) if kind is Interaction.ANNOUNCE else None,
    )


def _post(thing: Document | None, request: Document, actor: str) -> IncomingPost | None:
    """Return the post that came along, None where it must be asked of its own origin before it is believed."""
    if thing is None or kind_of(thing) != "post" or not same_origin(thing.id, actor) or actor not in owners(thing):
        return None
    return post(thing, activity=request)


def _announce(thing: Document | None, actor: str) -> Announce | None:
    if thing is None or "Announce" not in thing.types or web(thing.uri("actor")) not in (None, actor):
        return None
    to_whom = audience.read(thing)
    return incoming.Announce(
        id=thing.id,
        actor=actor,
        object=object_of(thing),
        to=to_whom.to,
        cc=to_whom.cc,
        published_at=thing.moment("published"),
    )


READERS: dict[str, Reader] = {
    "AnnounceRequest": partial(_request, Interaction.ANNOUNCE),
    "FeatureRequest": partial(_request, Interaction.FEATURE),
    "LikeRequest": partial(_request, Interaction.LIKE),
    "QuoteRequest": partial(_request, Interaction.QUOTE),
    "ReplyRequest": partial(_request, Interaction.REPLY),
}
