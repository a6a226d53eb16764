"""Trending: what stands out is worked out anew from what was counted.

Spec: CLIENT_API §6 (trends). The rule is ``policy/trending``'s.
"""

from collections.abc import Sequence

from smallfed.policy.trending import post_score, tag_score
from smallfed.store import trends
from smallfed.store.tx import Tx

MOST = 100  # hashtags, and posts

Ranking = tuple[Sequence[tuple[str, float]], Sequence[tuple[int, float]]]


def rank(tx: Tx) -> Ranking:
    """Return the hashtags and the posts that stand out now, with their scores, the highest first; changes nothing."""
    tags = [(name, tag_score(people)) for name, people in trends.rising(tx).items()]
    posts = [(post, post_score(people, tx.now - at)) for post, people, at in trends.talked_about(tx)]
    return (
        sorted((each for each in tags if each[1]), key=lambda each: (-each[1], each[0]))[:MOST],
        sorted((each for each in posts if each[1]), key=lambda each: (-each[1], -each[0]))[:MOST],
    )


def take(tx: Tx, ranking: Ranking) -> None:
    """Let a ranking be what is shown."""
    trends.replace(tx, *ranking)
