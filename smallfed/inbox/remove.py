"""Remove: somebody no longer pins a post of theirs, or features a hashtag.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured; PROTOCOL §§4.2, 4.6.
"""

from smallfed.domain.incoming import Arrival, Remove
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import pinning, tagging
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Remove, _: Arrival) -> Outcome:
    """Show it no more."""
    if activity.hashtag:
        refused = tagging.receive_untag(tx, activity)
        return Done() if refused is None else Ignored(refused.reason)
    match pinning.receive_unpin(tx, activity):
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
