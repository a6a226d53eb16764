"""Reject: somebody does not let us follow, quote, answer, boost or like, or not any more.

Spec: https://www.w3.org/TR/activitypub/#reject-activity-inbox; FEP-044f; PROTOCOL §§4.2, 5.8; SAFETY rule 11.
"""

from smallfed.domain.incoming import Arrival, Reject
from smallfed.inbox import answering
from smallfed.inbox.outcome import Outcome
from smallfed.services import asking, following
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Reject, _: Arrival) -> Outcome:
    """Follow no longer whom we asked, or whom we follow already: Mastodon puts followers out this way."""
    return answering.take(tx, activity, following.denied, asking.denied)
