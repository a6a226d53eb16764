"""Like: somebody likes a post of ours. Reactions with an emoji count as likes.

Spec: ActivityPub §7.10; PROTOCOL §§4.2, 4.6; SAFETY rules 14 and 15.
"""

from smallfed.domain.incoming import Arrival, Like
from smallfed.inbox.outcome import Done, Ignored, Need, Outcome
from smallfed.services import liking
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Like, _: Arrival) -> Outcome:
    """Count it when the post is ours and they may see it. Nobody is fetched because of other people's posts."""
    post = posts.find_url(tx, activity.object)
    if post is None or not post.local:
        return Ignored("It is not about a post of ours.")
    account = accounts.find_uri(tx, activity.actor)
    if account is None or account.gone_at is not None:
        return Need(activity.actor)
    refused = liking.receive_like(tx, account, post, activity.id)
    return Done() if refused is None else Ignored(refused.reason)
