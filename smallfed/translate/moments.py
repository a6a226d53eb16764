"""Times as we write them: UTC with a Z, to the second or to the millisecond; and spans of time.

Spec: RFC 3339 §5.6; ActivityStreams 2.0 §2.3 (xsd:dateTime).
"""

from datetime import UTC, datetime


def seconds(moment: datetime) -> str:
    """Return ``2026-11-23T02:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(moment: datetime) -> str:
    """Return ``2026-11-23T02:00:00.123Z``, for times that tell versions apart."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(length: float) -> str:
    """Return seconds as ``PT88.654S`` (XML Schema Part 2 §3.2.6)."""
    return f"PT{length:.3f}".rstrip("0").rstrip(".") + "S"
