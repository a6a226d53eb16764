"""Trending: what stands out is worked out anew from what was counted.

Spec: CLIENT_API §6 (trends). The rule is ``policy/trending``'s.
"""

from collections.abc import Sequence

from smallfed.policy.trending import link_score, post_score, tag_score
from smallfed.store import trending_links, trends
from smallfed.store.trending_links import Talk
from smallfed.store.tx import Tx

MOST = 100  # hashtags, posts, and pages

Ranking = tuple[Sequence[tuple[str, float]], Sequence[tuple[int, float]], Sequence[tuple[Talk, float]]]


def rank(tx: Tx) -> Ranking:
    """Return the hashtags, posts and pages that stand out now, with scores, the highest first; changes nothing."""
    tags = [(name, tag_score(people)) for name, people in trends.rising(tx).items()]
    posts = [(post, post_score(people, tx.now - at)) for post, people, at in trends.talked_about(tx)]
    pages = [(talk, link_score([people for _, people, _ in talk.days])) for talk in trending_links.linked(tx)]
    return (
        sorted((each for each in tags if each[1]), key=lambda each: (-each[1], each[0]))[:MOST],
        sorted((each for each in posts if each[1]), key=lambda each: (-each[1], -each[0]))[:MOST],
        sorted((each for each in pages if each[1]), key=lambda each: (-each[1], -each[0].card))[:MOST],
    )


def take(tx: Tx, ranking: Ranking) -> None:
    """Let a ranking be what is shown."""
    tags, posts, pages = ranking
    trends.replace(tx, tags, posts)
    trending_links.replace(tx, pages)
