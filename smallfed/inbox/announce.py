"""Announce: somebody boosts a post.

Spec: ActivityPub §7.11; PROTOCOL §§4.2, 4.6, 4.7; SAFETY rules 14 and 15.
"""

from smallfed.domain.incoming import Announce, Arrival
from smallfed.inbox.outcome import Ignored, Outcome, outcome_of
from smallfed.services import boosting
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Announce, _: Arrival) -> Outcome:
    """Store a boost of what we have, or by whom the owner follows. Strangers make us fetch nothing."""
    post, account = posts.find_uri(tx, activity.object), accounts.find_uri(tx, activity.actor)
    is_ours = post is not None and post.local
    if not is_ours and (account is None or account.gone_at is not None):
        return Ignored("A stranger boosts a post that is not ours.")
    return outcome_of(boosting.receive_boost(tx, activity))
