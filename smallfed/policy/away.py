"""Away: when we missed something, and how to look for it without being a burden.

Spec: PROTOCOL §6.2 (GoToSocial gives up after some four minutes, others try for days).
"""

from datetime import datetime, timedelta

BEAT = timedelta(minutes=15)  # how often we write down that we are alive
AHEAD = timedelta(hours=1)  # a clock that is set back by more was wrong
FAR = timedelta(days=100)  # nothing waits so long but by a clock that was wrong
NOTICEABLE = timedelta(minutes=4)  # shorter than this nobody gives up on us
GRACE = timedelta(minutes=5)  # after being back, in which servers may send by themselves what we missed
SILENT = timedelta(days=3)  # a server that sent nothing for so long is asked, once in
DAILY = timedelta(days=1)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (10, 60, 360, 1440, 1440))  # until it is asked again

BUSY = 30  # times in a row that there was too much to ask, before it is given up as well
PATIENT = 3  # times that a page is read again because not everything on it could be had in time


def since(beat: datetime | None, now: datetime, *, expected: timedelta, farthest: timedelta) -> datetime | None:
    """Return since when we were away; None when we were not, or not for long.

    ``beat`` is when we were last known to be alive, ``expected`` how long ago that has to be. A clock that was set back
    is no absence, and one that leapt ahead never means more than ``farthest``.
    """
    if beat is None or now - beat < expected + NOTICEABLE:
        return None
    return max(beat, now - farthest)


def farthest_due(beat: datetime | None, now: datetime) -> datetime:
    """Return until when at most anything may wait, if we were last known to be alive at ``beat``.

    If that is still to come, what waits may have been put off by a clock that was ahead.
    """
    return now if beat is not None and beat - now > AHEAD else now + FAR


def again(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failures in a row; None: it is given up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None
