"""What is said to relays, by the server's two actors.

Spec: FEP-ae0c; PROTOCOL §7.
"""

from smallfed.domain.house import House
from smallfed.domain.relay import Style
from smallfed.protocol.emitted import Activity
from smallfed.protocol.vocabulary import PUBLIC


def follow_relay(house: House, *, uri: str, style: Style, actor: str | None) -> Activity:
    """Return the Follow ``uri``: of the public, or of the relay's own ``actor``."""
    if style is Style.LITEPUB and actor is not None:
        return Activity(id=uri, type="Follow", actor=house.relay_actor, to=(actor,), object=actor)
    return Activity(id=uri, type="Follow", actor=house.instance_actor, object=PUBLIC)


def accept_relay(house: House, *, uri: str, follow: str, relay: str, followed: str) -> Activity:
    """Return the Accept ``uri`` of the Follow of ``followed``, one of the server's actors, by the actor of a relay."""
    asked = Activity(id=follow, type="Follow", actor=relay, object=followed)
    return Activity(id=uri, type="Accept", actor=followed, to=(relay,), object=asked)


def announce_to_relays(house: House, *, number: int, post: str) -> Activity:
    """Return the Announce with which relays of the LitePub kind hear of a public post."""
    return Activity(
        id=f"{house.relay_actor}/announces/{number}",
        type="Announce",
        actor=house.relay_actor,
        to=(house.relay_followers,),
        object=post,
    )
