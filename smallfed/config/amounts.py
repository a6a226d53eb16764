"""Amounts as people write them: sizes ("10 GB", "unlimited") and spans of days ("90 days", "forever").

Units of sizes are those of disks: a kB is 1000 bytes, a KiB 1024. Readers raise ValueError as those in ``values`` do.
"""

import re
from datetime import timedelta
from pathlib import Path

from smallfed.config.kinds import Kind
from smallfed.config.values import read_text

UNLIMITED, FOREVER = "unlimited", "forever"

_SIZES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))?\s*([A-Za-z]+)")


def size(*, least: int = 0, endless: bool = True) -> Kind:
    """Return the kind of sizes in bytes, ``least`` or more; with ``endless`` also "unlimited", which is None."""

    def read(raw: object, base: Path) -> int | None:
        text = read_text(raw).strip()
        if endless and text.lower() == UNLIMITED:
            return None
        found = read_size(text)
        if found < least:
            raise ValueError(f"must be {show_size(least)} or more, not {text!r}")
        return found

    return Kind(read=read, show=lambda value: show_size(_size(value)))


def span(*, least: int) -> Kind:
    """Return the kind of spans of ``least`` days or more; "forever" is None."""

    def read(raw: object, base: Path) -> timedelta | None:
        text = read_text(raw).strip()
        if text.lower() == FOREVER:
            return None
        found = read_span(text)
        if found.days < least:
            raise ValueError(f'must be {least} days or more, or "{FOREVER}", not {text!r}')
        return found

    return Kind(read=read, show=lambda value: show_span(_span(value)))


def read_size(text: str) -> int:
    """Return the bytes of ``500 MB`` or ``1.5 GB``."""
    match = _AMOUNT.fullmatch(text)
    unit = None if match is None else _SIZES.get(match[3].upper())
    if match is None or unit is None:
        raise ValueError(f'must be a size like "500 MB" or "10 GB", not {text!r}')
    part = match[2] or ""
    return int(match[1] + part) * unit // int(f"1{'0' * len(part)}")


def read_span(text: str) -> timedelta:
    """Return how long ``90 days`` or ``1 year`` are."""
    match = _AMOUNT.fullmatch(text)
    days = None if match is None else _DAYS.get(match[3].lower().removesuffix("s"))
    if match is None or days is None or match[2] is not None:
        raise ValueError(f'must be a span like "90 days", "6 months" or "1 year", not {text!r}')
    return timedelta(days=int(match[1]) * days)


def show_size(size: int | None) -> str:
    """Return a size as it can be read again, in the largest unit that says it whole."""
    if size is None:
        return UNLIMITED
    for unit in ("TB", "GB", "MB"):
        if size and size % _SIZES[unit] == 0:
            return f"{size // _SIZES[unit]} {unit}"
    return f"{size} B"


def show_span(span: timedelta | None) -> str:
    """Return a span as it can be read again."""
    return FOREVER if span is None else f"{span.days} days"


def _size(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _span(value: object) -> timedelta | None:
    assert value is None or isinstance(value, timedelta)
    return value
