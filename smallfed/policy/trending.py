"""Trending: what is talked about more than usual, by how many people.

People are counted, never what anybody says about numbers: one account is one, however much it posts, boosts or claims.
"""

from collections.abc import Sequence
from datetime import timedelta

DAYS = 7
FEWEST = 3  # people who use a hashtag within two days
FEWEST_ABOUT = 2  # people who liked, boosted or answered a post, its author not counted; or posted about a page
PER_SITE = 5  # people of one registered domain that count: a platform with a thousand accounts is not a thousand voices
YOUNG = timedelta(days=7)  # accounts that say to be younger, or do not say and were first heard of within a day
UNHEARD = timedelta(days=1)
HALF_LIFE = timedelta(hours=24)


def tag_score(people: Sequence[int]) -> float:
    """Return how much a hashtag stands out; ``people``: how many used it on each of seven days, today first.

    What is used every day by as many stands out less the more there are of these days; yesterday counts by half.
    """
    today, yesterday, *before = people
    if today + yesterday < FEWEST:
        return 0.0
    recent, usual = today + yesterday / 2, sum(before) / len(before)
    return recent * recent / (recent + usual)


def link_score(people: Sequence[int]) -> float:
    """Return how much a page stands out; ``people``: how many posted about it on each of seven days, today first."""
    today, yesterday, *before = people
    if today + yesterday < FEWEST_ABOUT:
        return 0.0
    return today + yesterday / 2 + sum(before) / 16


def post_score(people: int, age: timedelta) -> float:
    """Return how much a post stands out that so many people have to do with; by half less with every day."""
    if people < FEWEST_ABOUT:
        return 0.0
    return float(people * 0.5 ** (max(age, timedelta(0)) / HALF_LIFE))
