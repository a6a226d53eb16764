"""Add: somebody pins a post of theirs, or features a hashtag.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured; PROTOCOL §§4.2, 4.6.
"""

from smallfed.domain.incoming import Add, Arrival
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Need, Outcome
from smallfed.services import pinning, tagging
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Add, _: Arrival) -> Outcome:
    """Show it, too: a hashtag, or a post first, which is fetched where we lack it, as context.

    Other collections mean nothing here.
    """
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
