"""Requests: somebody asks to quote, answer, like or boost a post of ours, or to feature the owner.

Spec: FEP-044f, FEP-7aa9; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; PROTOCOL §4.2.
"""

from smallfed.domain.incoming import Arrival, Request
from smallfed.domain.need import Need
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import allowing
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Request, _: Arrival) -> Outcome:
    """Answer as the owner's policies say."""
    match allowing.answer(tx, activity):
        case Need() as need:
            return need
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
