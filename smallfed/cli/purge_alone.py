"""How `smallfed purge` removes something by itself, while no server runs."""

from collections.abc import Callable, Collection
from contextlib import closing
from hashlib import file_digest
from pathlib import Path
from typing import Any

from smallfed.cli.context import Invocation, fail
from smallfed.cli.reach import database
from smallfed.domain.purge import Purge
from smallfed.runtime import files
from smallfed.runtime.clock import Clock, chance
from smallfed.runtime.locking import Occupied, occupy
from smallfed.services import consequences, placing, purging, slicing
from smallfed.store import discards, purges, searchables, traces
from smallfed.store.opening import empty_log, open_writer
from smallfed.store.tx import Tx


def carry_out(invocation: Invocation, number: int) -> Purge:
    """Carry out a purge that has begun. What is in the bucket goes from there when the server runs again."""
    path = database(invocation)
    try:
        with occupy(invocation.data), closing(open_writer(path)) as sql:
            ended = _Alone(sql, invocation.data / "media").purge(number)
            empty_log(sql)
            return ended
    except Occupied:
        fail("a server has started meanwhile; it goes on with this, and `smallfed purge list` says when it has ended")


class _Alone:
    """Does what ``workers/purging`` does in the server, step by step in transactions of ``sql``."""

    def __init__(self, sql: Any, media: Path) -> None:
        self._sql, self._media = sql, media

    def purge(self, number: int) -> Purge:
        """Remove all that is still here, slice by slice, then what the books name."""
        purge = self._do(purges.get, number)
        while chosen := self._do(slicing.choose, purge):
            digests = {name: found for name in chosen.files if (found := _digest(self._media / name)) is not None}
            self._remove(self._do(purging.strike, number, chosen, digests) or ())
        self._remove(self._do(purging.part, purge))
        self._do(purging.tidy, purge)
        found = self._do(purging.look, purge)
        while found is not None:
            found = self._do(traces.drop, found)
        more = self._do(searchables.renew)
        while more:
            more = self._do(searchables.merge)
        ended: Purge = self._do(purging.end, number)
        return ended

    def _remove(self, names: Collection[str]) -> None:
        """Delete files at once, and leave it to the server to do so in the bucket."""
        for name in names:
            files.remove(self._media / name)
            files.remove(self._media / "astray" / name)
        self._do(placing.leave, list(names))
        self._do(discards.forget, list(names))

    def _do(self, f: Callable[..., Any], *args: object) -> Any:
        self._sql.execute("BEGIN IMMEDIATE")
        try:
            result = f(Tx(self._sql, now=Clock().now(), dice=chance, then=consequences.follow), *args)
        except BaseException:
            self._sql.execute("ROLLBACK")
            raise
        self._sql.execute("COMMIT")
        return result


def _digest(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").digest()
    except FileNotFoundError:
        return None
