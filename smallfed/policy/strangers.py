"""Strangers: what becomes of the first that somebody has to say whom the owner has nothing to do with.

Spec: SAFETY §5.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from smallfed.domain.wave import Limits

FOLLOWER_AFTER = timedelta(hours=24)  # who began to follow just now may have done so in order to be heard
IN_THREAD, UNASKED = 1, 2  # what a thing weighs in a wave
WAVE = 5  # so much is one
YOUNG = timedelta(days=7)  # an account that says to have begun within these
SERVERS = 20  # below one registered name, in an hour: more are by somebody who makes servers as others make accounts


class Relation(Struct, frozen=True, kw_only=True):
    """What the owner has to do with somebody.

    ``followed`` by the owner; ``follower_since``: None for who does not follow; ``answered``: the owner has named them
    in a post; ``permitted``: the owner has said to want to hear of them.
    """

    followed: bool = False
    follower_since: datetime | None = None
    answered: bool = False
    permitted: bool = False


def is_stranger(relation: Relation, now: datetime) -> bool:
    """Whether the owner has nothing to do with somebody."""
    since = relation.follower_since
    follows = since is not None and since <= now - FOLLOWER_AFTER
    return not (relation.followed or follows or relation.answered or relation.permitted)


class First(Struct, frozen=True, kw_only=True):
    """What a stranger has to say. ``since``: the later of when we first heard of them, and when they say they began.

    ``mentions``: how many are named; ``links`` lead neither to people nor to hashtags. ``empty``: it names the
    owner out of nothing, and that is all.
    """

    since: datetime
    mentions: int = 0
    hashtags: int = 0
    links: int = 0
    pictures: int = 0
    empty: bool = False


def is_young(began: datetime | None, now: datetime) -> bool:
    """Whether an account has begun just now, as its server says; of which nothing is said, it is not held against."""
    return began is not None and began > now - YOUNG


def doubt(first: First, limits: Limits, now: datetime) -> str | None:
    """Return why something is looked at by the owner before it notifies, as a sentence, or None."""
    if 0 < limits.mentions <= first.mentions:
        return f"A stranger names {first.mentions} people at once."
    if 0 < limits.hashtags <= first.hashtags:
        return f"A stranger uses {first.hashtags} hashtags at once."
    new = first.since > now - timedelta(hours=limits.new_for_hours)
    if new and first.links:
        return "It has a link, and its author was never heard of before."
    if new and first.pictures:
        return "It has a picture, and its author was never heard of before."
    return "It names you, and says nothing." if first.empty else None


def is_stuffed(first: First, limits: Limits) -> bool:
    """Whether something names more people than anybody speaks to, or more hashtags."""
    return 0 < limits.mentions <= first.mentions or 0 < limits.hashtags <= first.hashtags


def may_disturb(relation: Relation, began_at: datetime) -> bool:
    """Whether somebody is heard although the owner wants calm since ``began_at``: who has followed since before."""
    since = relation.follower_since
    return relation.followed or (since is not None and since < began_at)
