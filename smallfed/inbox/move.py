"""Move: somebody lives elsewhere from now on.

Spec: https://docs.joinmastodon.org/spec/activitypub/#Move, FEP-7628; PROTOCOL §8.1; SAFETY rule 12.
"""

from smallfed.domain.incoming import Arrival, Move
from smallfed.inbox.outcome import Outcome, outcome_of
from smallfed.services import moving
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Move, arrival: Arrival) -> Outcome:
    """Go along with whom the owner follows, and keep away from whom the owner keeps away, where they live now."""
    return outcome_of(moving.receive(tx, activity, arrival.received_at))
