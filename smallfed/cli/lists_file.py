"""A list that is a file: reading it, and taking over what it says."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, json

from smallfed.cli.context import Invocation, fail
from smallfed.cli.reach import call, database, reading
from smallfed.domain.blocklist import Blocklist, Reading
from smallfed.services.comparing import compare
from smallfed.store import blocklists, houses
from smallfed.store.tx import Tx
from smallfed.translate import blocklists as lists

BATCH = 500  # entries in one call
HEAVIEST = 500_000  # bytes of them, of the million that a call may have

T = TypeVar("T")


class Taken(Struct, frozen=True, kw_only=True):
    """What came of a file: the list as it is ``made``, what was read, how many entries are ``new``."""

    made: dict[str, Any]
    read: Reading
    new: int


def read_file(invocation: Invocation, path: Path) -> Reading:
    """Understand a file; fails where that cannot be."""
    try:
        with path.open("rb") as file:
            data = file.read(lists.LARGEST + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}; an address begins with https://")
    with reading(invocation) as tx:
        return lists.read(data, ours=houses.get(tx).names)


def known_as(tx: Tx, path: Path, trust: dict[str, Any]) -> Blocklist | None:
    """Return the list whose place a file would take, or None."""
    return blocklists.find(tx, str(trust.get("name") or path.stem))


def take_over(invocation: Invocation, path: Path, trust: dict[str, Any]) -> Taken:
    """Have a list of what a file says, instead of what an earlier one said. It is not reckoned yet."""
    database(invocation)
    read = read_file(invocation, path)
    name = str(trust.get("name") or path.stem)
    with reading(invocation) as tx:
        known = known_as(tx, path, trust)
    if known is None:
        call(invocation, "lists.subscribe", url=None, trust={**trust, "name": name})
    elif trust.keys() - {"name"}:
        call(invocation, "lists.change", name=name, trust=trust)
    with reading(invocation) as tx:
        changes = compare(tx, blocklists.get(tx, name).id, read.entries)
    for new in batches(changes.new):
        call(invocation, "lists.take", name=name, entries=new)
    for gone in batches(changes.gone):
        call(invocation, "lists.retract", name=name, subjects=gone)
    dropped = sum(drop.count for drop in read.dropped)
    made = call(invocation, "lists.finish", name=name, size=len(read.entries), dropped=dropped, people=read.people)
    return Taken(made=made, read=read, new=len(changes.new))


def batches(items: Sequence[T]) -> Iterator[list[T]]:
    """Yield ``items`` as they fit into calls."""
    batch: list[T] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += len(json.encode(item))
        if len(batch) >= BATCH or weight >= HEAVIEST:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
