"""What follows for conversations from a post of interest: the rest of it is brought, some minutes later.

Spec: PROTOCOL §4.12 (backfill).
"""

from smallfed.domain.events import FetchQueued
from smallfed.domain.post import Post
from smallfed.policy.conversations import FIRST_LOOK
from smallfed.store import fetches, houses, mentions, threads
from smallfed.store.tx import Tx


def expect(tx: Tx, post: Post) -> None:
    """Have the conversation around a post that was sent to us completed, if it is of interest and for everybody.

    Of interest is what people bring into the home timeline, and what answers or names the owner.
    """
    if not post.visibility.is_open or not _of_interest(tx, post):
        return
    top = post if post.in_reply_to_id is None else threads.top(tx, post)
    if fetches.put(tx, top.uri, kind="conversation", after=FIRST_LOOK):
        tx.announce(FetchQueued())


def _of_interest(tx: Tx, post: Post) -> bool:
    if post.in_home and not post.by_tag:
        return True
    owner = houses.owner_id(tx)
    return post.in_reply_to_account_id == owner or mentions.find(tx, post.id, owner) is not None
