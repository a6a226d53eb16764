"""Remove: somebody no longer pins a post of theirs, or features a hashtag or the owner.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured, FEP-7aa9; PROTOCOL §§4.2, 4.6, 4.15.
"""

from smallfed.domain.incoming import Arrival, Remove
from smallfed.inbox.outcome import Done, Outcome, outcome_of
from smallfed.services import consenting, pinning, tagging
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Remove, _: Arrival) -> Outcome:
    """Show it no more; or forget that the owner let them, where it was the owner who was shown."""
    if activity.hashtag:
        return outcome_of(tagging.receive_untag(tx, activity))
    if consenting.forget(tx, activity.actor, activity.object):
        return Done()
    return outcome_of(pinning.receive_unpin(tx, activity))
