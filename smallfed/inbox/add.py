"""Add: somebody pins a post of theirs.

Spec: https://docs.joinmastodon.org/spec/activitypub/#featured; PROTOCOL §§4.2, 4.6.
"""

from smallfed.domain.incoming import Add, Arrival
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Need, Outcome
from smallfed.services import pinning
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Add, _: Arrival) -> Outcome:
    """Show it first, too. A pinned post that we lack is fetched, as context; other collections mean nothing here."""
    match pinning.receive_pin(tx, activity):
        case Need() as need:
            return need
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()
