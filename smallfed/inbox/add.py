"""Add: somebody pins a post of theirs, features a hashtag, or puts a post into a conversation of theirs.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured, FEP-171b; PROTOCOL §§4.2, 4.6, 4.12.
"""

from smallfed.domain.incoming import Add, Arrival
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Need, Outcome
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
        refused = tagging.receive_tag(tx, activity)
        return Done() if refused is None else Ignored(refused.reason)
    match pinning.receive_pin(tx, activity):
        case Need() as need:
            return need
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
