"""Create: somebody has posted.

Spec: ActivityPub §7.2; PROTOCOL §4.4.
"""

from smallfed.domain.incoming import Arrival, Create, IncomingPost
from smallfed.domain.need import Need
from smallfed.domain.refused import Refused
from smallfed.inbox.outcome import Done, Ignored, Outcome
from smallfed.services import receiving
from smallfed.store import accounts, posts
from smallfed.store.tx import Tx


def handle(tx: Tx, activity: Create, arrival: Arrival) -> Outcome:
    """Store the post if it concerns the owner."""
    post = activity.post
    if accounts.find_uri(tx, post.author) is None and not _could_concern(tx, post, personal=arrival.personal):
        return Ignored("It has nothing to do with the owner, and its author is unknown.")
    match receiving.receive(tx, post, fresh=True, personal=arrival.personal):
        case Need() as need:
            return need
        case Refused(reason=reason):
            return Ignored(reason)
        case _:
            return Done()


def _could_concern(tx: Tx, post: IncomingPost, *, personal: bool) -> bool:
    """Whether it is worth asking who a stranger is: the full rule, which needs the author, is ``policy/relevance``."""
    owner = accounts.owner(tx)
    if personal or owner.uri in post.to or owner.uri in post.cc:
        return True
    if any(mention.href in (owner.uri, owner.url) for mention in post.mentions):
        return True
    return post.in_reply_to is not None and posts.find_url(tx, post.in_reply_to) is not None
