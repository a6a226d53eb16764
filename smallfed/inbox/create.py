"""Create: somebody has posted.

Spec: ActivityPub §7.2; PROTOCOL §4.4.
"""

from smallfed.domain.incoming import Arrival, Create
from smallfed.domain.need import Need
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import receiving
from smallfed.services.concerning import could_concern
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Create, arrival: Arrival) -> Outcome:
    """Store the post if it concerns the owner."""
    post = activity.post
    if accounts.find_uri(tx, post.author) is None and not could_concern(tx, post, personal=arrival.personal):
        return Ignored("It has nothing to do with the owner, and its author is unknown.")
    match receiving.receive(tx, post, fresh=True, personal=arrival.personal):
        case Need() as need:
            return need
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
