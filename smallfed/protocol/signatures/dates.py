"""Moments as HTTP writes them: the Date header and seconds since 1970.

Spec: RFC 9110 §5.6.7 (IMF-fixdate).
"""

import re
from datetime import UTC, datetime, timedelta

from smallfed.errors import Malformed

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_IMF = re.compile(
    r"(?:[A-Za-z]{3,9},? )?([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|UTC|\+0000)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write(moment: datetime) -> str:
    """Return ``moment`` (aware) as an IMF-fixdate, whatever the locale of the process."""
    utc = moment.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def read(text: str) -> datetime:
    """Read a Date header. The obsolete forms are not taken: nobody signs them. Malformed otherwise."""
    match = _IMF.fullmatch(text)
    if match is None or match[2].title() not in _MONTHS:
        raise Malformed("The Date header is not of the form 'Mon, 23 Nov 2026 02:00:00 GMT'.")
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    month = _MONTHS.index(match[2].title()) + 1
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as why:
        raise Malformed("The Date header names a moment that does not exist.") from why


def from_seconds(seconds: float) -> datetime:
    """Return the moment ``seconds`` after 1970; Malformed when the calendar does not reach that far."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError) as why:
        raise Malformed("A time in the signature is beyond the calendar; it must be in seconds since 1970.") from why
