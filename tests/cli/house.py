"""A house as commands find it: what is in its database is written, and looked at, while no server runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from smallfed.runtime.clock import Clock, chance
from smallfed.services import consequences
from smallfed.store.opening import open_reader, open_writer
from smallfed.store.tx import Tx

NOW = timedelta(0)


@contextmanager
def written(data: Path, *, ago: timedelta = NOW) -> Iterator[Tx]:
    """Let something be done in the house below ``data``, in one transaction, with all that follows from it."""
    with closing(open_writer(data / "smallfed.db")) as sql:
        sql.execute("BEGIN")
        yield Tx(sql, now=Clock().now() - ago, dice=chance, then=consequences.follow)
        sql.execute("COMMIT")


@contextmanager
def looked_at(data: Path) -> Iterator[Tx]:
    """Let somebody look at what is in the house below ``data``."""
    with closing(open_reader(data / "smallfed.db")) as sql:
        yield Tx(sql, now=Clock().now(), dice=chance)
