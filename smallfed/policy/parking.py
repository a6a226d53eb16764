"""Parking: what becomes of an activity, or of a fetch, that cannot be finished now.

Spec: RULINGS 16: only 404, 410 or a refusing policy ends it at once; everything else is tried for three days.
"""

from datetime import timedelta

from smallfed.domain.refused import Refused
from smallfed.errors import Forbidden, Gone, Invalid, NotFound, SmallfedError, TooLarge, TooMany

FINAL = (NotFound, Gone, Invalid, Forbidden, TooLarge)
PATIENCE = timedelta(days=3)
BUGS = 5  # attempts at something that makes us stumble
WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600))


def judge(trouble: Exception, *, attempts: int, age: timedelta) -> timedelta | Refused:
    """Return how long to wait before the next attempt, or why there will be none.

    ``attempts`` counts those made, at least 1; ``age`` is the time since it arrived.
    """
    if isinstance(trouble, FINAL):
        return Refused(trouble.message)
    if not isinstance(trouble, SmallfedError):
        return Refused(f"{trouble!r}, {attempts} times.") if attempts >= BUGS else _wait(attempts)
    if age >= PATIENCE:
        return Refused(f"For three days: {trouble.message}")
    if isinstance(trouble, TooMany):
        return max(_wait(attempts), timedelta(seconds=trouble.retry_after))
    return _wait(attempts)


def _wait(attempts: int) -> timedelta:
    return WAITS[min(attempts, len(WAITS)) - 1]
