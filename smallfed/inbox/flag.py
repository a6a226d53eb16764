"""Flag: somebody complains of the owner.

Spec: PROTOCOL §9.1.
"""

from smallfed.domain.incoming import Arrival, Flag
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import reporting
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Flag, _: Arrival) -> Outcome:
    """Keep a complaint for the owner, without who made it."""
    refused = reporting.receive(tx, activity)
    return Done() if refused is None else Ignored(refused.reason)
