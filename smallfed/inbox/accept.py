"""Accept: somebody lets us follow, quote, answer or boost.

Spec: https://www.w3.org/TR/activitypub/#accept-activity-inbox; FEP-044f; PROTOCOL §§4.2, 5.8; SAFETY rule 11.
"""

from smallfed.domain.incoming import Accept, Arrival
from smallfed.inbox import answering
from smallfed.inbox.outcome import Outcome
from smallfed.services import asking, following
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Accept, _: Arrival) -> Outcome:
    """Do what we asked for."""
    return answering.take(tx, activity, following.granted, asking.granted)
