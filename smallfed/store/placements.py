"""Placements: which files of the media folder the bucket has, which it is to have, and what is still to be done."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from smallfed.domain.placement import BucketInUse, Placed, Placement, Wanted
from smallfed.store.moments import moment, ms
from smallfed.store.rows import Shape, column, listed
from smallfed.store.tx import Tx

SHAPE = Shape(Placement, "placements")
_SELECT = f"SELECT {SHAPE.columns('h')} FROM placements h "
_LAST = "\U0010ffff"  # sorts behind everything in names


def bucket(tx: Tx) -> BucketInUse | None:
    """Return the bucket that is in use, or None."""
    row = tx.one("SELECT place, own, others, public FROM buckets WHERE in_use")
    return None if row is None else BucketInUse(place=row[0], own=Wanted(row[1]), others=Wanted(row[2]), public=row[3])


def last_place(tx: Tx) -> str | None:
    """Return which bucket is in use, or was last; None when there was never one."""
    row = tx.one("SELECT place FROM buckets")
    return None if row is None else str(row[0])


def use(tx: Tx, bucket: BucketInUse | None) -> None:
    """Note which bucket is in use from now on, if any."""
    if bucket is None:
        tx.run("UPDATE buckets SET in_use = 0")
        return
    tx.run(
        "INSERT OR REPLACE INTO buckets (id, place, own, others, public, in_use) VALUES (1, ?, ?, ?, ?, 1)",
        bucket.place,
        bucket.own,
        bucket.others,
        bucket.public,
    )


def find(tx: Tx, name: str) -> Placement | None:
    """Return what is known of the file of this name, or None when it has nothing to do with the bucket."""
    row = tx.one(_SELECT + "WHERE h.name = ?", name)
    return None if row is None else SHAPE.read(row)


def put(tx: Tx, names: Iterable[str], wanted: Wanted) -> int:
    """Want these files there; return for how many something is to be done that was not before.

    What was to be removed counts as removed, so that it is brought there again.
    """
    return tx.run(
        "INSERT INTO placements (name, wanted, due) SELECT value, ?, ? FROM json_each(?) WHERE true"
        " ON CONFLICT (name) DO UPDATE SET wanted = excluded.wanted, due = excluded.due, attempts = 0, error = '',"
        " there = iif(wanted = 'nowhere', 0, there) WHERE wanted <> excluded.wanted",
        wanted,
        ms(tx.now),
        listed(names),
    )


def turn(tx: Tx, wanted: Wanted, *, after: str, limit: int) -> str | None:
    """Want so many of the files that the bucket has or is to have somewhere else, in the order of their names.

    ``after`` is the last name of the slice before; returns that of this one, or None when there are no more. What is to
    be removed goes all the same.
    """
    rows = tx.all("SELECT name FROM placements WHERE name > ? ORDER BY name LIMIT ?", after, limit)
    names = [name for (name,) in rows]
    if not names:
        return None
    tx.run(
        "UPDATE placements SET wanted = ?, due = ?, attempts = 0, error = '' WHERE wanted NOT IN (?, 'nowhere')"
        " AND name IN (SELECT value FROM json_each(?))",
        wanted,
        ms(tx.now),
        wanted,
        listed(names),
    )
    return str(names[-1])


def leave(tx: Tx, names: Iterable[str]) -> int:
    """Let these files go from the bucket, or with a ``*`` at the end of a name all that begin so; return how many."""
    return sum(
        tx.run(
            "UPDATE placements SET wanted = 'nowhere', due = ?, attempts = 0, error = ''"
            " WHERE name >= ? AND name <= ? AND wanted <> 'nowhere'",
            ms(tx.now),
            name.removesuffix("*"),
            name[:-1] + _LAST if name.endswith("*") else name,
        )
        for name in names
    )


def below(tx: Tx, folder: str) -> list[str]:
    """Return the names of all files of a folder that the bucket has, or is to have."""
    rows = tx.all("SELECT name FROM placements WHERE name > ? AND name < ?", f"{folder}/", f"{folder}/{_LAST}")
    return [name for (name,) in rows]


def doubt(tx: Tx) -> int:
    """Believe no longer that the bucket has anything: it is another one. Return about how many files that was."""
    return tx.run("UPDATE placements SET there = 0, due = ?, attempts = 0, error = '' WHERE there", ms(tx.now))


# What is to be done
def due(tx: Tx, *, limit: int, busy: Collection[str]) -> list[Placement]:
    """Return so many of what is due, except for these names, the longest due first."""
    where = "WHERE h.due <= ? AND h.name NOT IN (SELECT value FROM json_each(?)) ORDER BY h.due LIMIT ?"
    return [SHAPE.read(row) for row in tx.all(_SELECT + where, ms(tx.now), listed(busy), limit)]


def next_due(tx: Tx, *, busy: Collection[str]) -> datetime | None:
    """Return when there will be something to do, except for these names."""
    first: int | None = tx.one(
        "SELECT min(due) FROM placements WHERE due IS NOT NULL AND name NOT IN (SELECT value FROM json_each(?))",
        listed(busy),
    )[0]
    return moment(first)


def settle(tx: Tx, seen: Placement, columns: Mapping[str, object]) -> bool:
    """Note what came of working on a row; False, and nothing is noted, when the file is wanted elsewhere by now."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    values = [column(value) for value in columns.values()]
    where = "WHERE name = ? AND wanted = ?"
    return tx.run(f"UPDATE placements SET {sets} {where}", *values, seen.name, seen.wanted) == 1


def drop(tx: Tx, seen: Placement) -> bool:
    """Forget a file that the bucket does not have any more; False when it is wanted there again by now."""
    return tx.run("DELETE FROM placements WHERE name = ? AND wanted = ?", seen.name, seen.wanted) == 1


def hasten(tx: Tx) -> int:
    """Let everything that waits be tried now; return how many files wait."""
    return tx.run("UPDATE placements SET due = ?, attempts = 0 WHERE due IS NOT NULL", ms(tx.now))


# Looking
def addresses(tx: Tx, names: Collection[str]) -> dict[str, str]:
    """Return where everybody can read those of these files that the bucket has, by name."""
    rows = tx.all(
        "SELECT h.name, b.public || '/' || h.name FROM buckets b CROSS JOIN placements h"
        " WHERE b.in_use AND b.public <> '' AND h.there AND h.wanted <> 'nowhere'"
        " AND h.name IN (SELECT value FROM json_each(?))",
        listed(names),
    )
    return dict(rows)


def names(tx: Tx) -> list[str]:
    """Return the names of all files that the bucket has, or is to have or to lose."""
    return [name for (name,) in tx.all("SELECT name FROM placements")]


def waiting(tx: Tx) -> int:
    """Return for how many files something is to be done."""
    (count,) = tx.one("SELECT count(*) FROM placements WHERE due IS NOT NULL")
    return int(count)


def only_there(tx: Tx) -> int:
    """Return how many files are in the bucket and not on the disk. Reads all rows."""
    (count,) = tx.one("SELECT count(*) FROM placements WHERE there AND wanted = 'bucket'")
    return int(count)


def summary(tx: Tx) -> list[Placed]:
    """Return how many files are where. Reads all rows."""
    rows = tx.all(
        "SELECT wanted, there, due IS NOT NULL, error <> '', count(*), total(size) FROM placements"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    return [
        Placed(
            wanted=Wanted(wanted),
            there=bool(there),
            waiting=bool(waits),
            failing=bool(fails),
            files=files,
            size=int(size),
        )
        for wanted, there, waits, fails, files, size in rows
    ]


def failing(tx: Tx, limit: int) -> list[Placement]:
    """Return so many of those whose last attempt failed."""
    where = "WHERE h.due IS NOT NULL AND h.error <> '' ORDER BY h.name LIMIT ?"
    return [SHAPE.read(row) for row in tx.all(_SELECT + where, limit)]


def failing_count(tx: Tx) -> int:
    """Return of how many files the last attempt failed."""
    (count,) = tx.one("SELECT count(*) FROM placements WHERE due IS NOT NULL AND error <> ''")
    return int(count)


def after(tx: Tx, name: str, limit: int) -> list[Placement]:
    """Return so many rows in the order of their names, from behind ``name`` on."""
    return [SHAPE.read(row) for row in tx.all(_SELECT + "WHERE h.name > ? ORDER BY h.name LIMIT ?", name, limit)]
