"""Block: somebody wants nothing of us.

Spec: https://www.w3.org/TR/activitypub/#block-activity-outbox; PROTOCOL §§4.2, 9.4.
"""

from smallfed.domain.incoming import Arrival, Block
from smallfed.inbox.outcome import Ignored, Need, Outcome, outcome_of
from smallfed.services import blocking
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Block, _: Arrival) -> Outcome:
    """Leave who blocks us alone. A Block with a target is a ban from a group, which is between others."""
    if activity.target is not None:
        return Ignored("It is a ban from a community, no block between two people.")
    if activity.object != accounts.owner(tx).uri:
        return Ignored("It is not the owner who is blocked.")
    account = accounts.find_uri(tx, activity.actor)
    if account is None:
        return Need(activity.actor)
    return outcome_of(blocking.blocked_by(tx, account, uri=activity.id))
