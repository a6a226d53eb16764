"""Activities about the owner."""

from datetime import datetime

from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity, Actor
from smallfed.protocol.vocabulary import PUBLIC
from smallfed.translate.moments import milliseconds


def update_actor(house: House, actor: Actor, *, at: datetime) -> Activity:
    """Return the Update of the owner's own ``actor``, changed ``at``."""
    return Activity(
        id=f"{house.actor}#updates/{milliseconds(at)}",
        type="Update",
        actor=house.actor,
        published=milliseconds(at),
        to=(PUBLIC,),
        cc=(house.followers,),
        object=actor,
    )


def delete_actor(house: House) -> Activity:
    """Return the Delete with which the owner leaves."""
    return Activity(id=f"{house.actor}#delete", type="Delete", actor=house.actor, to=(PUBLIC,), object=house.actor)


def move(house: House, *, departure: int, target: str, relayed: bool = False) -> Activity:
    """Return the Move of the owner to the actor ``target``; relays pass on only what is for everybody."""
    return Activity(
        id=house.departure(departure),
        type="Move",
        actor=house.actor,
        to=(PUBLIC, house.followers) if relayed else (house.followers,),
        object=house.actor,
        target=target,
    )
