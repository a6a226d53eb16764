"""Undo: somebody takes back what they did; ``services/undoing`` says what that may be.

Spec: https://www.w3.org/TR/activitypub/#undo-activity-inbox; PROTOCOL §§4.2, 4.5, 4.6; SAFETY rule 10; RULINGS 17.
"""

from smallfed.domain.incoming import Arrival, Undo
from smallfed.inbox.outcome import Done, Outcome, outcome_of
from smallfed.services import relaying, undoing
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Undo, _: Arrival) -> Outcome:
    """Take back what the sender itself did. What has not come yet is remembered, and is void when it comes."""
    if relaying.unfollowed(tx, activity):
        return Done()
    return outcome_of(undoing.undo(tx, activity))
