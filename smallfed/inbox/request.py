"""Requests: somebody asks to quote, answer, like or boost a post of ours, or to feature the owner.

Spec: FEP-044f, FEP-7aa9; https://docs.gotosocial.org/en/latest/federation/interaction_controls/; PROTOCOL §4.2.
"""

from smallfed.domain.incoming import Arrival, Request
from smallfed.inbox.outcome import Outcome, outcome_of
from smallfed.services import consenting
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Request, _: Arrival) -> Outcome:
    """Answer as the owner's policies say."""
    return outcome_of(consenting.answer(tx, activity))
