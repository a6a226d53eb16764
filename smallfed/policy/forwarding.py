"""Forwarding: what others say about our posts, passed on to those who follow us and not them.

Spec: ActivityPub §7.1.2; PROTOCOL §4.12.
"""

from collections.abc import Collection

from msgspec import Struct

from smallfed.domain.post import Post

LONGEST = 64 << 10  # bytes: we send them to all our followers
PER_DAY = 500
PER_THREAD = 100  # a day: a quarrel below one post does not use up what the others need


class Spent(Struct, frozen=True, kw_only=True):
    """How much was forwarded in the last day: of all, and about answers to one post."""

    day: int
    thread: int


def is_for_followers(post: Post, concerned: Collection[Post], addressed: Collection[str], followers: str) -> bool:
    """Whether our followers should get a ``post`` by somebody else, who meant it for everybody.

    It is about an open post of ours, among the ``concerned`` that it answers, quotes or links to, or it is addressed to
    our ``followers`` by name.
    """
    if post.local or not post.visibility.is_open:
        return False
    return followers in addressed or any(one.local and one.visibility.is_open for one in concerned)


def affordable(spent: Spent) -> bool:
    """Whether one more may be forwarded."""
    return spent.day < PER_DAY and spent.thread < PER_THREAD
