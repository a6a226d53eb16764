"""Moments in columns: integer milliseconds since 1970, UTC."""

from datetime import UTC, datetime
from typing import overload

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@overload
def ms(moment: datetime) -> int: ...
@overload
def ms(moment: None) -> None: ...
def ms(moment: datetime | None) -> int | None:
    """Return ``moment`` (aware) as a column holds it."""
    return None if moment is None else int((moment - EPOCH).total_seconds() * 1000)


@overload
def moment(column: int) -> datetime: ...
@overload
def moment(column: None) -> None: ...
def moment(column: int | None) -> datetime | None:
    """Return the aware datetime of a column."""
    return None if column is None else datetime.fromtimestamp(column / 1000, UTC)
