"""Ending: what somebody who is cut off may say all the same, since it only ends what is kept for them.

What they deleted or took back meanwhile is not to come back when the block is lifted. Nothing else of them is heard,
and no Reject either: whom the owner follows is asked again then, and may say so again.

Spec: PROTOCOL §§4.5, 9.2, 9.4; SAFETY rule 20.
"""

from smallfed.domain.account import Account
from smallfed.domain.uris import same_origin
from smallfed.store import accounts, blocks, follows, likes, posts, quotes
from smallfed.store.tx import Tx


def ends(tx: Tx, type_: str, actor: str, thing: str, about: str) -> bool:
    """Whether an activity of ``actor`` could end something that we hold of theirs.

    ``thing`` is the id of its object, ``about`` that of the innermost one. That they say so is *not* checked here.
    """
    account = accounts.find_uri(tx, actor)
    if account is None or account.local or account.gone_at is not None:
        return False
    match type_:
        case "Delete":
            return thing == actor or _is_theirs(tx, account, thing) or _is_their_stamp(tx, account, thing)
        case "Block":
            return thing == accounts.owner(tx).uri
        case "Undo":
            return _is_done(tx, account, thing) or _is_done_to(tx, account, about)
        case _:
            return False


def _is_theirs(tx: Tx, account: Account, uri: str) -> bool:
    post = posts.find_uri(tx, uri)
    return post is not None and post.account_id == account.id


def _is_their_stamp(tx: Tx, account: Account, uri: str) -> bool:
    """Whether it is their consent to a quote that we hold."""
    return same_origin(uri, account.uri) and bool(quotes.by_stamp(tx, uri))


def _is_done(tx: Tx, account: Account, activity: str) -> bool:
    """Whether we hold something that they did by this activity."""
    follow, like = follows.find_uri(tx, activity), likes.find_uri(tx, activity)
    block, post = blocks.find_uri(tx, activity), posts.find_uri(tx, activity)
    by = (
        None if follow is None else follow.follower_id,
        None if like is None else like.account_id,
        None if block is None else block[0],
        None if post is None or post.boost_of_id is None else post.account_id,
    )
    return account.id in by


def _is_done_to(tx: Tx, account: Account, thing: str) -> bool:
    """Whether they follow, or block, the owner who is ``thing``, or like or boost the post that it is."""
    owner = accounts.owner(tx)
    if thing == owner.uri:
        return follows.find(tx, account.id, owner.id) is not None or blocks.has(tx, account.id, owner.id)
    post = posts.find_uri(tx, thing)
    if post is None:
        return False
    return bool(likes.all_of(tx, account.id, post.id)) or posts.find_boost(tx, post.id, account.id) is not None
