"""Pasts: whether what we hold of somebody is what they have written, and how far a page of an outbox takes us.

Spec: CLIENT_API §4 (statuses of an account), §13 item 17; PROTOCOL §4.14.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import Enum, auto

from msgspec import Struct

NEWS_AFTER = timedelta(minutes=10)  # nobody sends us what strangers write: their first page is read again
BARREN = 3  # pages in a row that bring nothing new: it leads nowhere


class Lack(Enum):
    """What of a page of somebody's posts may be missing here."""

    NOTHING = auto()
    NEWS = auto()
    PAST = auto()


class Wish(Struct, frozen=True, kw_only=True):
    """The page that is asked for (see ``store/paging``), and ``found``, the ids that we hold of it, newest first."""

    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None
    limit: int
    found: Sequence[int]


class Known(Struct, frozen=True, kw_only=True):
    """What we hold of somebody: everything down to the id ``floor`` (None: that is not known), or all (``ended``).

    ``sent``: what they write is sent to us. ``head_at``: when the first page of their outbox was read.
    """

    floor: int | None = None
    ended: bool = False
    sent: bool = False
    head_at: datetime | None = None


def lacking(wish: Wish, known: Known, now: datetime) -> Lack:
    """Judge what has to be read before the page is answered."""
    is_old = known.head_at is None or not timedelta(0) <= now - known.head_at < NEWS_AFTER
    if not known.sent and is_old and wish.max_id is None:
        return Lack.NEWS
    return Lack.NOTHING if known.ended or _covers(wish, known.floor) else Lack.PAST


def _covers(wish: Wish, floor: int | None) -> bool:
    """Whether everything that belongs on the page lies above the floor."""
    if floor is None:
        return False
    if wish.min_id is not None:  # walked from below: the oldest above it
        return wish.min_id >= floor
    bottom = wish.found[-1] if wish.found and len(wish.found) >= wish.limit else wish.since_id
    return bottom is not None and bottom >= floor


def reached(moments: Sequence[datetime]) -> datetime | None:
    """Return down to when a page takes us, None when that cannot be said.

    ``moments`` are the publications in the order of the page. Some servers list the oldest first: there only the end of
    the list tells that nothing is missing. The last one is not believed when it lies further back than all the others
    are apart: it may be a back-dated post, older than what follows on the next page.
    """
    if not moments or is_backwards(moments):
        return None
    is_doubtful = len(moments) > 2 and moments[-2] - moments[-1] > moments[0] - moments[-2]
    return moments[-2] if is_doubtful else moments[-1]


def deeper(before: datetime | None, moments: Sequence[datetime]) -> datetime | None:
    """Return down to when we have everything after one page more; ``before`` is what ``reached`` said of those above.

    A page that lists the oldest first says nothing about what lies between.
    """
    if not moments:
        return before
    now = reached(moments)
    return now if now is None or before is None else min(before, now)


def is_backwards(moments: Sequence[datetime]) -> bool:
    """Whether a page lists the oldest first."""
    return len(moments) > 1 and moments[0] < moments[-1]


def meets(moments: Sequence[datetime], newest: datetime | None) -> bool:
    """Whether a first page goes down to what was the newest when it was read before: nothing is between them."""
    bottom = reached(moments)
    return newest is not None and (not moments or (bottom is not None and bottom <= newest))


class Allowance:
    """How many pages may be read in a day: from each host, and in all."""

    def __init__(self, *, per_host: int, per_day: int) -> None:
        self._per_host, self._per_day = per_host, per_day
        self._day: date | None = None
        self._spent: dict[str, int] = {}

    def take(self, host: str, now: datetime) -> bool:
        """Allow one page more, or not."""
        if self._day != now.date():
            self._day, self._spent = now.date(), {}
        if self._spent.get(host, 0) >= self._per_host or sum(self._spent.values()) >= self._per_day:
            return False
        self._spent[host] = self._spent.get(host, 0) + 1
        return True
