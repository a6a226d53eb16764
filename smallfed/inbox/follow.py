"""Follow: somebody wants to follow us.

Spec: https://www.w3.org/TR/activitypub/#follow-activity-inbox; PROTOCOL §§4.2, 4.3; RULINGS 17.
"""

from smallfed.domain.incoming import Arrival, Follow
from smallfed.inbox.outcome import Done, Ignored, Need, Outcome, outcome_of
from smallfed.services import admitting, relaying
from smallfed.store import accounts, houses
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Follow, _: Arrival) -> Outcome:
    """Answer a Follow of the owner, or of one of the server's actors, which relays of the owner's follow, nobody else.

    Friendica follows posts too, and who takes us for a relay the public: we have no such thing.
    """
    if relaying.followed(tx, activity):
        return Done()
    house = houses.get(tx)
    of_server = activity.object in (house.instance_actor, house.relay_actor)
    if not of_server and activity.object != accounts.owner(tx).uri:
        return Ignored("Only the owner can be followed here.")
    follower = accounts.find_uri(tx, activity.actor)
    if follower is None or follower.gone_at is not None:  # whoever was gone may be back: their server knows
        return Need(activity.actor)
    if of_server:
        return outcome_of(admitting.refuse_for_server(tx, follower, activity))
    return outcome_of(admitting.receive_follow(tx, follower, activity.id))
