"""Flag: somebody complains of the owner.

Spec: PROTOCOL §9.1.
"""

from smallfed.domain.incoming import Arrival, Flag
from smallfed.inbox.outcome import Outcome, outcome_of
from smallfed.services import reporting
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Flag, _: Arrival) -> Outcome:
    """Keep a complaint for the owner, without who made it."""
    return outcome_of(reporting.receive(tx, activity))
