"""Evicting: copies of others' media go when there is no room for them, or when their time is over."""

from collections.abc import Sequence

from smallfed.domain.events import FilesDiscarded
from smallfed.policy import evicting
from smallfed.policy.evicting import Kept, Part, Standing
from smallfed.store import holdings
from smallfed.store.tx import Tx

MOST = 2000  # files chosen at once
SLICE = 40  # that go in one transaction, and from the disk before the next


def choose(tx: Tx, *, excess: int, pressure: int) -> list[Kept]:
    """Return what goes, in the order of going: what has outlived its time, and what makes room.

    ``excess`` bytes are more than the budget allows; ``pressure`` bytes would help a disk that is nearly full, and for
    that nothing goes that the owner touched.
    """
    spare = frozenset({Standing.TOUCHED}) if excess < pressure else frozenset[Standing]()
    return evicting.choose(holdings.kept(tx), tx.now, need=max(excess, pressure), most=MOST, spare=spare)


def evict(tx: Tx, chosen: Sequence[Kept]) -> int:
    """Let files go unless somebody has looked at them meanwhile; return how many bytes become free."""
    freed = holdings.evict(tx, chosen)
    if freed:
        tx.announce(FilesDiscarded())
    return freed


def lose(tx: Tx, lost: Sequence[tuple[int, Part]]) -> None:
    """Note that files of copies are not there, or damaged: they are fetched again when somebody looks at them."""
    for copy, part in lost:
        holdings.lose(tx, copy, part)
    tx.announce(FilesDiscarded())
