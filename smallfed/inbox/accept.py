"""Accept: somebody lets us follow, quote, answer or boost.

Spec: https://www.w3.org/TR/activitypub/#accept-activity-inbox; FEP-044f; PROTOCOL §§4.2, 5.8; SAFETY rule 11.
"""

from smallfed.domain.incoming import Accept, Arrival
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import asking, following, relaying
from smallfed.store import accounts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Accept, _: Arrival) -> Outcome:
    """Do what we asked for; only who was asked can say so. An id alone may be that of anything we asked."""
    if relaying.answered(tx, activity):
        return Done()
    sender = accounts.find_uri(tx, activity.actor)
    if sender is None:
        return Ignored("We have asked nobody of that name.")
    if activity.kind is None:
        refused = following.granted(tx, sender, activity.follow)
        if refused is None or asking.granted(tx, sender, activity) is None:
            return Done()
        return Ignored(refused.reason)
    refused = asking.granted(tx, sender, activity)
    return Done() if refused is None else Ignored(refused.reason)
