"""Reject: somebody does not let us follow, quote, answer, boost or like, or not any more.

Spec: https://www.w3.org/TR/activitypub/#reject-activity-inbox; FEP-044f; PROTOCOL §§4.2, 5.8; SAFETY rule 11.
"""

from smallfed.domain.incoming import Arrival, Reject
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import asking, following, relaying
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Reject, _: Arrival) -> Outcome:
    """Follow no longer whom we asked, or whom we follow already: Mastodon puts followers out this way."""
    if relaying.answered(tx, activity):
        return Done()
    sender = accounts.find_uri(tx, activity.actor)
    if sender is None:
        return Ignored("We have asked nobody of that name.")
    if activity.kind is None:
        refused = following.denied(tx, sender, activity.follow)
        if refused is None or asking.denied(tx, sender, activity) is None:
            return Done()
        return Ignored(refused.reason)
    refused = asking.denied(tx, sender, activity)
    return Done() if refused is None else Ignored(refused.reason)
