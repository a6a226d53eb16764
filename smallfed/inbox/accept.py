"""Accept: somebody lets us follow.

Spec: https://www.w3.org/TR/activitypub/#accept-activity-inbox; PROTOCOL §4.2; SAFETY rule 11.
"""

from smallfed.domain.incoming import Accept, Arrival
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import following
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Accept, _: Arrival) -> Outcome:
    """Follow whom we asked; only they can say so, and only about what we asked."""
    sender = accounts.find_uri(tx, activity.actor)
    if sender is None:
        return Ignored("We have asked nobody of that name.")
    refused = following.granted(tx, sender, activity.follow)
    return Done() if refused is None else Ignored(refused.reason)
