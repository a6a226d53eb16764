"""Scheduling: for when a post may be put off, and what is a draft.

Apps know posts for later, but no drafts. So a draft is a post for a time that nobody means: every app can make one,
show it, write it anew, put it on a day, and delete it.

Spec: https://docs.joinmastodon.org/methods/scheduled_statuses/; the limits are Mastodon's.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

SOONEST = timedelta(minutes=5)
MOST = 300  # in all, drafts included
MOST_A_DAY = 25

DRAFT = datetime(2100, 1, 1, tzinfo=UTC)
"""The time of a draft for which none was said: the last year that Android's calendar has."""
FAR = datetime(2200, 1, 1, tzinfo=UTC)
"""As long is kept what a post for later will show: as good as for ever, whenever it is published."""
_FIRST_DRAFT = datetime(2099, 12, 31, 10, tzinfo=UTC)  # when the year 2100 begins where it begins first


class Books(Struct, frozen=True, kw_only=True):
    """How many others there are: ``total``, and of those for the same day ``that_day``."""

    total: int
    that_day: int


def is_draft(at: datetime) -> bool:
    """Whether ``at`` is in the year 2100 or later somewhere on Earth."""
    return at >= _FIRST_DRAFT


def objection(at: datetime, now: datetime, others: Books) -> str | None:
    """Return why a post may not be put off until ``at``, for people; None when it may."""
    if others.total >= MOST:
        return f"You have exceeded the limit of {MOST} scheduled posts"
    if is_draft(at):
        return None
    if at - now < SOONEST:
        return f"Scheduled at must be at least {SOONEST.seconds // 60} minutes from now"
    if others.that_day >= MOST_A_DAY:
        return f"You have exceeded the limit of {MOST_A_DAY} scheduled posts for that day"
    return None
