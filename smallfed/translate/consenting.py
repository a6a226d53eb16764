"""What we say when consent is asked for, given, denied and taken back.

Spec: FEP-044f, FEP-7aa9; https://docs.gotosocial.org/en/latest/federation/interaction_controls/
"""

from msgspec import UNSET

from smallfed.domain.house import House
from smallfed.domain.interaction import Interaction
from smallfed.protocol.emitted import Activity, Note, Stamp
from smallfed.protocol.vocabulary import PUBLIC

_REQUESTS = {
    Interaction.QUOTE: "QuoteRequest",
    Interaction.REPLY: "ReplyRequest",
    Interaction.LIKE: "LikeRequest",
    Interaction.ANNOUNCE: "AnnounceRequest",
    Interaction.FEATURE: "FeatureRequest",
}
_STAMPS = {
    Interaction.QUOTE: "QuoteAuthorization",
    Interaction.REPLY: "ReplyAuthorization",
    Interaction.LIKE: "LikeAuthorization",
    Interaction.ANNOUNCE: "AnnounceAuthorization",
    Interaction.FEATURE: "FeatureAuthorization",
}


def quote_request(house: House, *, uri: str, quoted: str, author: str, note: Note) -> Activity:
    """Return the request to let our ``note`` quote the post ``quoted`` by ``author``."""
    return Activity(id=uri, type="QuoteRequest", actor=house.actor, to=(author,), object=quoted, instrument=note)


def stamp(house: House, kind: Interaction, *, uri: str, interacting: str, target: str) -> Stamp:
    """Return the proof that the owner allows ``interacting`` (their object) to do something with ``target`` (ours)."""
    return Stamp(
        id=uri,
        type=_STAMPS[kind],
        attributed_to=house.actor,
        interacting_object=interacting,
        interaction_target=target,
    )


def answer(
    house: House,
    kind: Interaction,
    *,
    uri: str,
    request: str,
    asker: str,
    interacting: str,
    target: str,
    result: str | None,
) -> Activity:
    """Return the Accept of ``request`` by ``asker``, with the stamp ``result``; without one, the Reject.

    The request is given back embedded, its id byte for byte.
    """
    asked = Activity(id=request, type=_REQUESTS[kind], actor=asker, object=target, instrument=interacting)
    return Activity(
        id=uri,
        type="Reject" if result is None else "Accept",
        actor=house.actor,
        to=(asker,),
        object=asked,
        result=result or UNSET,
    )


def delete_stamp(house: House, stamp: Stamp, *, public: bool, asker: str) -> Activity:
    """Return the Delete of a stamp; ``asker`` got it."""
    return Activity(
        id=f"{stamp.id}#delete",
        type="Delete",
        actor=house.actor,
        to=(PUBLIC,) if public else (asker,),
        cc=(house.followers, asker) if public else UNSET,
        object=stamp,
    )
