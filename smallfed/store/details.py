"""Details: what is shown with posts, gathered for a whole page at once, one query for each kind of thing.

For posts of others a count is the larger of what the origin claims and what we know; all others are counted rows,
without what those did who are cut off.
"""

from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.card import Card
from smallfed.domain.poll import Poll
from smallfed.domain.post import Attachment, Post
from smallfed.store import attachments, cards, houses, likes, mentions, mutes, polls, visibility, votes
from smallfed.store.likes import Tally
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Detail(Struct, frozen=True, kw_only=True):
    """What belongs to a post: counts, what the owner did with it, whom and what it names, its pictures, its poll.

    ``likes_verified`` and ``boosts_verified`` are those whose activities we have ourselves. ``own_votes``
    are the positions of the options for which the owner has voted.
    """

    likes: int
    boosts: int
    replies: int
    favourited: bool
    reblogged: bool
    bookmarked: bool
    pinned: bool
    muted: bool
    mentions: tuple[Account, ...]
    hashtags: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    likes_verified: int = 0
    boosts_verified: int = 0
    reactions: tuple[Tally, ...] = ()
    poll: Poll | None = None
    own_votes: tuple[int, ...] = ()
    card: Card | None = None


def of_posts(tx: Tx, posts: Collection[Post]) -> dict[int, Detail]:
    """Return the details of these posts, by id; what a boost wraps must be asked for by itself."""
    wanted = listed(post.id for post in posts)
    liked, boosts, replies = likes.counts(tx, wanted), likes.counts_of_boosts(tx, wanted), _replies(tx, wanted)
    favourited, reblogged, bookmarked, pinned = _flags(tx, wanted)
    muted = mutes.quiet(tx, wanted)
    named = _grouped(mentions.of_posts(tx, wanted))
    tagged = _grouped(mentions.hashtags(tx, wanted))
    pictures = _grouped(attachments.of_posts(tx, wanted))
    reactions = _grouped(likes.tallies(tx, wanted))
    asked = polls.of_posts(tx, wanted)
    pages = dict(cards.of_posts(tx, wanted))
    voted = votes.of_posts(tx, wanted, houses.owner_id(tx)) if asked else {}
    return {
        post.id: Detail(
            likes=max(liked.get(post.id, 0), _claimed(post, post.likes_claimed)),
            boosts=max(boosts.get(post.id, 0), _claimed(post, post.boosts_claimed)),
            replies=max(replies.get(post.id, 0), _claimed(post, post.replies_claimed)),
            favourited=post.id in favourited,
            reblogged=post.id in reblogged,
            bookmarked=post.id in bookmarked,
            pinned=post.id in pinned,
            muted=post.id in muted,
            mentions=tuple(named.get(post.id, ())),
            hashtags=tuple(tagged.get(post.id, ())),
            attachments=tuple(pictures.get(post.id, ())),
            likes_verified=liked.get(post.id, 0),
            boosts_verified=boosts.get(post.id, 0),
            reactions=tuple(reactions.get(post.id, ())),
            poll=asked.get(post.id),
            own_votes=voted.get(post.id, ()),
            card=pages.get(post.id),
        )
        for post in posts
    }


def _claimed(post: Post, claim: int | None) -> int:
    return 0 if post.local or claim is None else claim


def _replies(tx: Tx, posts: str) -> dict[int, int]:
    """Count the replies that everybody may see: a count must not tell of a private one."""
    return dict(
        tx.all(
            "SELECT in_reply_to_id, count(*) FROM posts WHERE in_reply_to_id IN (SELECT value FROM json_each(?))"
            " AND visibility IN ('public', 'unlisted') AND NOT removed"
            f" AND NOT {visibility.away('account_id')} GROUP BY in_reply_to_id",
            posts,
        )
    )


def _flags(tx: Tx, posts: str) -> tuple[set[int], set[int], set[int], set[int]]:
    """Return which the owner has liked, boosted, bookmarked and pinned."""
    flags: tuple[set[int], set[int], set[int], set[int]] = (set(), set(), set(), set())
    statement = f"""WITH wanted AS (SELECT value AS id FROM json_each(:posts))
        SELECT 0, post_id FROM likes WHERE account_id = :owner AND {likes.FAVOURS} AND post_id IN wanted
        UNION ALL SELECT 1, boost_of_id FROM posts WHERE account_id = :owner AND boost_of_id IN wanted
        UNION ALL SELECT 2, post_id FROM bookmarks WHERE post_id IN wanted
        UNION ALL SELECT 3, post_id FROM pins WHERE post_id IN wanted"""
    for flag, post in tx.sql.execute(statement, {"posts": posts, "owner": houses.owner_id(tx)}):
        flags[flag].add(post)
    return flags


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for post, thing in pairs:
        groups.setdefault(post, []).append(thing)
    return groups
