"""Follow: somebody wants to follow us.

Spec: https://www.w3.org/TR/activitypub/#follow-activity-inbox; PROTOCOL §§4.2, 4.3; RULINGS 17.
"""

from smallfed.domain.incoming import Arrival, Follow
from smallfed.inbox.outcome import Done, Ignored, Need, Outcome
from smallfed.services import admitting
from smallfed.store import accounts, houses
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Follow, _: Arrival) -> Outcome:
    """Answer a Follow of the owner, or of the server itself: relays do that, and some take it for the owner.

    Friendica follows posts too, relays follow the public: we have no such thing.
    """
    of_server = activity.object == houses.get(tx).instance_actor
    if not of_server and activity.object != accounts.owner(tx).uri:
        return Ignored("Only the owner can be followed here.")
    follower = accounts.find_uri(tx, activity.actor)
    if follower is None or follower.gone_at is not None:  # whoever was gone may be back: their server knows
        return Need(activity.actor)
    answer = admitting.refuse_for_server if of_server else admitting.receive_follow
    refused = answer(tx, follower, activity.id)
    return Done() if refused is None else Ignored(refused.reason)
