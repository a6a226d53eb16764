"""Reject: somebody does not let us follow, or not any more.

Spec: https://www.w3.org/TR/activitypub/#reject-activity-inbox; PROTOCOL §4.2; SAFETY rule 11.
"""

from smallfed.domain.incoming import Arrival, Reject
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import following
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Reject, _: Arrival) -> Outcome:
    """Follow no longer whom we asked, or whom we follow already: Mastodon puts followers out this way."""
    sender = accounts.find_uri(tx, activity.actor)
    if sender is None:
        return Ignored("We have asked nobody of that name.")
    refused = following.denied(tx, sender, activity.follow)
    return Done() if refused is None else Ignored(refused.reason)
