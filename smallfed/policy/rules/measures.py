"""What ``match`` may say in the families that measure something.

``24h``, ``7d``, ``30min`` are spans of time; ``8`` is how many at least; ``60/h`` is more than so many in an hour.
"""

import re
from datetime import timedelta

_SPAN = re.compile(r"([1-9][0-9]{0,5})(min|h|d)")
_RATE = re.compile(r"([1-9][0-9]{0,5})/h")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span(text: str) -> timedelta | None:
    """Return a span of time, or None."""
    found = _SPAN.fullmatch(text)
    return None if found is None else int(found[1]) * _UNITS[found[2]]


def least(text: str) -> int | None:
    """Return how many at least, from 1, or None."""
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text) > 0 else None


def per_hour(text: str) -> int | None:
    """Return how many an hour may have, or None."""
    found = _RATE.fullmatch(text)
    return None if found is None else int(found[1])
