"""Like: somebody likes a post, or reacts to it with an emoji; a Dislike is the reaction 👎.

Spec: ActivityPub §7.10, FEP-c0e0; PROTOCOL §§4.2, 4.6; SAFETY rules 14, 15 and 25.
"""

from smallfed.domain.incoming import Arrival, Like
from smallfed.inbox.outcome import Ignored, Need, Outcome, outcome_of
from smallfed.services import liking
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Like, _: Arrival) -> Outcome:
    """Count it when we have the post and they may see it. Nobody is fetched because of other people's posts."""
    post = posts.find_url(tx, activity.object)
    if post is None:
        return Ignored("It is about a post that we do not have.")
    account = accounts.find_uri(tx, activity.actor)
    if account is None or account.gone_at is not None:
        return Need(activity.actor) if post.local else Ignored("A stranger likes a post that is not ours.")
    return outcome_of(liking.receive_like(tx, account, post, activity.id, activity.reaction))
