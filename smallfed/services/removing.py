"""Removing: posts and boosts of others go when their author says so, also before they have come.

Spec: PROTOCOL §§4.5, 4.6; SAFETY rule 10.
"""

from smallfed.domain.events import PostDeleted
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin
from smallfed.policy import authority
from smallfed.services import boosting, forwarding
from smallfed.store import accounts, posts, tombstones
from smallfed.store.tx import Tx


def remove(tx: Tx, uri: str, actor: str) -> Post | Refused | None:
    """Remove the post, or the boost, ``uri`` by word of ``actor``, and remember that it is gone; None: was unknown.

    That ``actor`` said so is *not* checked here.
    """
    stored = posts.find_uri(tx, uri)
    if stored is None:
        if not same_origin(uri, actor):
            return Refused("What is to be deleted is on another server than who deletes it.")
        tombstones.put(tx, uri, actor)
        return None
    refused = authority.may_change(stored, accounts.find(tx, stored.account_id), actor)
    if refused is not None:
        return refused
    tombstones.put(tx, uri, actor)
    if stored.boost_of_id is not None:
        boosting.take_back(tx, stored)
        return stored
    shown = forwarding.shown_by_us(tx, stored)
    boosts = posts.drop(tx, stored.id)
    accounts.reckon(tx, stored.account_id, "posts", -1)
    tx.announce(
        PostDeleted(post=stored.id, uri=uri, local=False, account=stored.account_id, shown_by_us=shown, boosts=boosts)
    )
    return stored
