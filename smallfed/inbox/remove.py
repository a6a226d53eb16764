"""Remove: somebody pins a post of theirs no longer.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured; PROTOCOL §§4.2, 4.6.
"""

from smallfed.domain.incoming import Arrival, Remove
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import pinning
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Remove, _: Arrival) -> Outcome:
    """Show it first no more."""
    match pinning.receive_unpin(tx, activity):
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
