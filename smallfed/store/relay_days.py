"""The bill of relays: what each brought and cost on each day, and what was refused of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import structs

from smallfed.domain.relay import Day, Tally
from smallfed.store.moments import ms
from smallfed.store.tx import Tx

_NAMES = Tally.__struct_fields__
_SUMS = ", ".join(f"ifnull(sum({name}), 0)" for name in _NAMES)
_DAY = 86_400_000
KEPT = 400  # days
REASONS = 200  # different ones in a day; of more, which are new is put together
OTHER = "something else"


def day_of(when: datetime) -> int:
    """Return the day of a moment, since 1970, UTC."""
    return ms(when) // _DAY


def add(tx: Tx, relay: int, **counts: int) -> None:
    """Add to what is counted of a relay today; nothing, when it is gone."""
    names = [name for name in _NAMES if counts.get(name)]
    if not names:
        return
    tx.run(
        f"INSERT INTO relay_days (relay_id, day, {', '.join(names)}) SELECT id, ?, {', '.join('?' * len(names))}"
        " FROM relays WHERE id = ?"
        f" ON CONFLICT (relay_id, day) DO UPDATE SET {', '.join(f'{n} = {n} + excluded.{n}' for n in names)}",
        day_of(tx.now),
        *(counts[name] for name in names),
        relay,
    )


def refuse(tx: Tx, relay: int, reasons: Mapping[str, int]) -> None:
    """Count what is not taken today, by reason."""
    today = day_of(tx.now)
    for reason, times in reasons.items():
        known, others = tx.one(
            "SELECT ifnull(sum(reason = ?), 0), count(*) FROM relay_refusals WHERE relay_id = ? AND day = ?",
            reason,
            relay,
            today,
        )
        tx.run(
            "INSERT INTO relay_refusals (relay_id, day, reason, times) SELECT id, ?, ?, ? FROM relays WHERE id = ?"
            " ON CONFLICT (relay_id, day, reason) DO UPDATE SET times = times + excluded.times",
            today,
            reason if known or others < REASONS else OTHER,
            times,
            relay,
        )


def today(tx: Tx, relay: int) -> Tally:
    """Return what was counted of a relay today."""
    return since(tx, relay, day_of(tx.now))


def since(tx: Tx, relay: int, day: int) -> Tally:
    """Return what was counted of a relay from a day on."""
    return _tally(tx.one(f"SELECT {_SUMS} FROM relay_days WHERE relay_id = ? AND day >= ?", relay, day))


def refused_since(tx: Tx, relay: int, day: int) -> dict[str, int]:
    """Return what was refused from a day on: reason → how often, the most frequent first."""
    rows = tx.all(
        "SELECT reason, sum(times) FROM relay_refusals WHERE relay_id = ? AND day >= ? GROUP BY 1 ORDER BY 2 DESC, 1",
        relay,
        day,
    )
    return dict(rows)


def days(tx: Tx, relay: int, day: int) -> list[Day]:
    """Return the bill of a relay day by day from a day on, the newest first; days with nothing are left out."""
    refused: dict[int, dict[str, int]] = {}
    for when, reason, times in tx.all(
        "SELECT day, reason, times FROM relay_refusals WHERE relay_id = ? AND day >= ? ORDER BY times DESC, reason",
        relay,
        day,
    ):
        refused.setdefault(when, {})[reason] = times
    tallies = {
        when: _tally(counts)
        for when, *counts in tx.all(
            f"SELECT day, {', '.join(_NAMES)} FROM relay_days WHERE relay_id = ? AND day >= ?", relay, day
        )
    }
    return [
        Day(day=when, refused=refused.get(when, {}), **structs.asdict(tallies.get(when, Tally())))
        for when in sorted({*tallies, *refused}, reverse=True)
    ]


def expire(tx: Tx) -> None:
    """Forget what is long ago."""
    oldest = day_of(tx.now) - KEPT
    tx.run("DELETE FROM relay_days WHERE day < ?", oldest)
    tx.run("DELETE FROM relay_refusals WHERE day < ?", oldest)


def _tally(counts: Sequence[int]) -> Tally:
    return Tally(**dict(zip(_NAMES, counts, strict=True)))
