"""Trending: what stands out is worked out anew from what was counted.

What was counted is in doubt as soon as somebody is cut off, or is back (``store/trends.doubt``). Until it is counted
anew, what is asked for is looked at when it is read: of what stood out, what still does, with the numbers of now.

Spec: CLIENT_API §6 (trends). The rule is ``policy/trending``'s.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from smallfed.domain.card import Card
from smallfed.domain.post import Post
from smallfed.policy.trending import link_score, post_score, tag_score
from smallfed.store import tag_days, trending_links, trends
from smallfed.store.trending_links import Day, Talk
from smallfed.store.tx import Tx

MOST = 100  # hashtags, posts, and pages

Tags = Sequence[tuple[str, float]]
Posts = Sequence[tuple[int, float]]
Pages = Sequence[tuple[Talk, float]]
Ranking = tuple[Tags, Posts, Pages]


def rank(tx: Tx) -> Ranking:
    """Return the hashtags, posts and pages that stand out now, with scores, the highest first; changes nothing."""
    return (
        _rank_tags(tag_days.rising(tx).items()),
        _rank_posts(tx.now, trends.talked_about(tx)),
        _rank_pages(trending_links.linked(tx)),
    )


def take(tx: Tx, ranking: Ranking) -> None:
    """Let a ranking be what is shown."""
    tags, posts, pages = ranking
    trends.replace(tx, tags, posts)
    trending_links.replace(tx, pages)


def _rank_tags(used: Iterable[tuple[str, Sequence[int]]]) -> Tags:
    scores = [(name, tag_score(people)) for name, people in used]
    return sorted((one for one in scores if one[1]), key=lambda one: (-one[1], one[0]))[:MOST]


def _rank_posts(now: datetime, found: Iterable[tuple[int, int, datetime]]) -> Posts:
    scores = [(post, post_score(people, now - at)) for post, people, at in found]
    return sorted((one for one in scores if one[1]), key=lambda one: (-one[1], -one[0]))[:MOST]


def _rank_pages(talks: Iterable[Talk]) -> Pages:
    scores = [(talk, link_score([people for _, people, _ in talk.days])) for talk in talks]
    return sorted((one for one in scores if one[1]), key=lambda one: (-one[1], -one[0].card))[:MOST]


# What is shown --------------------------------------------------------------------------------------------------------
def tags(tx: Tx, *, limit: int, offset: int) -> list[str]:
    """Return the hashtags that stand out, the most talked about first."""
    names = trends.tags(tx)
    if trends.doubted(tx) is not None:
        weeks = tag_days.weeks(tx, names)
        names = [name for name, _ in _rank_tags((name, [day[1] for day in weeks[name]]) for name in names)]
    return names[offset : offset + limit]


def posts(tx: Tx, viewer: int | None, *, limit: int, offset: int) -> list[Post]:
    """Return the posts that stand out and that the viewer may see and wants to read."""
    wanted = trends.posts(tx)
    if trends.doubted(tx) is not None:
        wanted = [post for post, _ in _rank_posts(tx.now, trends.talked_about(tx, again=True))]
    return trends.shown(tx, viewer, wanted, limit=limit, offset=offset)


def links(tx: Tx, *, limit: int, offset: int) -> list[tuple[Card, Sequence[Day]]]:
    """Return the pages that stand out, the most talked about first, each with its seven days, today first."""
    talks = trending_links.links(tx)
    if trends.doubted(tx) is not None:
        talks = [talk for talk, _ in _rank_pages(trending_links.linked(tx, again=True))]
    return trending_links.cards(tx, talks[offset : offset + limit])
