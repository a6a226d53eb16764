"""Add: somebody pins a post of theirs, features a hashtag, or puts a post into a conversation of theirs.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured, FEP-171b; PROTOCOL §§4.2, 4.6, 4.12.
"""

from smallfed.domain.incoming import Add, Arrival
from smallfed.inbox.outcome import Elsewhere, Outcome, outcome_of
from smallfed.policy.authority import Ask
from smallfed.services import concerning, pinning, tagging
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Add, _: Arrival) -> Outcome:
    """Show it, too: a hashtag, or a post first, which is fetched where we lack it, as context.

    A post in a conversation is asked at its origin. Other collections mean nothing here.
    """
    if concerning.could_be_added(tx, activity):
        return Elsewhere(uri=activity.object, ask=Ask.POST)
    if activity.hashtag:
        return outcome_of(tagging.receive_tag(tx, activity))
    return outcome_of(pinning.receive_pin(tx, activity))
