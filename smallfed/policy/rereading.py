"""Rereading: when a list of others is read next. Not all at once, and less and less often while it cannot be had."""

from datetime import timedelta

_FIRST = timedelta(minutes=30)
_SPREAD = 0.1  # of the pause, so that houses do not all come at the same minute


def pause(every: timedelta, failures: int, draw: float) -> timedelta:
    """Return how long to wait; ``failures`` in a row, ``draw`` from 0 to 1."""
    usual = every if failures == 0 else min(every, _FIRST * 2 ** min(failures - 1, 16))
    return usual * (1 - _SPREAD / 2 + _SPREAD * draw)
