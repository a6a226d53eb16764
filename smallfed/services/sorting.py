"""Sorting: which stored posts belong in the home timeline, also when a parent or a followed account comes late."""

from smallfed.domain.account import Kind
from smallfed.domain.post import Post
from smallfed.policy.timelines import Candidate, Place, place
from smallfed.store import accounts, followed_tags, follows, houses, mentions, mutes, pasts, posts
from smallfed.store.tx import Tx

BROUGHT = 100  # posts of somebody newly followed that come into the home timeline


def find_place(tx: Tx, post: Post) -> Place:
    """Return where a stored post stands, by what is known now."""
    owner = houses.owner_id(tx)
    follow = follows.find(tx, owner, post.account_id)
    followed = follow is not None and follow.accepted
    answered = post.in_reply_to_account_id
    return place(
        Candidate(
            visibility=post.visibility,
            own=post.account_id == owner,
            followed=followed,
            addressed=mentions.find(tx, post.id, owner) is not None,
            boost=post.boost_of_id is not None,
            boosts_wanted=follow is not None and follow.reblogs,
            repeats=followed and _repeats(tx, post),
            answers=post.in_reply_to is not None,
            to_author=answered == post.account_id,
            to_owner=answered == owner,
            to_followed=answered is not None and follows.has(tx, owner, answered),
            language=post.language,
            languages=None if follow is None else follow.languages,
            tagged=followed_tags.has(tx, post.id),
        )
    )


def _repeats(tx: Tx, post: Post) -> bool:
    """Whether a group shows an answer, or what is in the home timeline already."""
    if post.boost_of_id is None or accounts.get(tx, post.account_id).kind is not Kind.GROUP:
        return False
    original = posts.get(tx, post.boost_of_id)
    return original.in_reply_to is not None or original.in_home


def sort(tx: Tx, post: Post) -> None:
    """Put a stored post into the home timeline if it belongs there. What people brought there stays."""
    if post.in_home and not post.by_tag:
        return
    where = find_place(tx, post)
    in_home, by_tag = where is not Place.ELSEWHERE, where is Place.BY_TAG
    if (in_home, by_tag) != (post.in_home, post.by_tag):
        posts.change(tx, post.id, in_home=in_home, by_tag=by_tag)


def retag(tx: Tx, post: Post) -> None:
    """Let a stored post whose hashtags may be others than before come home for them, or leave it."""
    if post.in_home and not post.by_tag:
        return
    where = find_place(tx, post)
    if where is not Place.HOME and (where is Place.BY_TAG) != post.by_tag:
        posts.change(tx, post.id, in_home=not post.by_tag, by_tag=not post.by_tag)


def bring_home(tx: Tx, account: int) -> None:
    """Put the newest posts of somebody whom the owner has begun to follow into the home timeline."""
    for post in posts.newest_of(tx, account, BROUGHT):
        sort(tx, post)


def adopt(tx: Tx, parent: Post) -> None:
    """Give a post that came late the replies that were waiting for it; what was muted with them is so with it."""
    for orphan in posts.orphans(tx, parent):
        posts.change(tx, orphan.id, in_reply_to_id=parent.id, in_reply_to_account_id=parent.account_id)
        mutes.lift_thread(tx, orphan.id, parent.id)
        if not pasts.is_borrowed(tx, orphan.id):
            sort(tx, posts.get(tx, orphan.id))
