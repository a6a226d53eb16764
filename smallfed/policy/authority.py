"""Authority: who may do what to which post. Whom to believe at all is ``policy/trusting``.

Spec: PROTOCOL §4.6, SAFETY rules 8, 10, 15.
"""

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.domain.uris import same_origin


def may_write(author: Account, uri: str) -> Refused | None:
    """Judge whether ``author``, not being us, may have made the object ``uri``."""
    if author.local:
        return Refused("Our own posts are not taken from others.")
    if not same_origin(uri, author.uri):
        return Refused("It is on another server than its author.")
    return None


def may_change(post: Post, author: Account | None, actor: str) -> Refused | None:
    """Judge whether ``actor`` may change or delete ``post`` by ``author``: a neighbour is a stranger."""
    if post.local or author is None or author.uri != actor:
        return Refused("Only its author may change or delete it.")
    return None


def may_boost(booster: int, post: Post) -> Refused | None:
    """Judge whether the account ``booster`` may boost ``post``: authors also what is for their followers."""
    if post.boost_of_id is not None:
        return Refused("A boost cannot be boosted.")
    if post.visibility in (Visibility.PUBLIC, Visibility.UNLISTED):
        return None
    if post.visibility is Visibility.PRIVATE and post.account_id == booster:
        return None
    return Refused("The post is not public.")
