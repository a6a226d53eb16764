"""Comparing: how what a list says differs from what it said before, and whether that is believed.

All of it looks at many rows: for a thread.
"""

from collections.abc import Sequence

from msgspec import Struct

from smallfed.domain.blocklist import Changed, Entry
from smallfed.store import blocklist_entries
from smallfed.store.tx import Tx

MANY = 20  # entries, below which a list may shrink as it likes
FLOOD = 1000  # entries that are new at once, below which it may grow as it likes
_PART = 2000  # entries that are compared at once, so that not all are in memory twice


class Changes(Struct, frozen=True, kw_only=True):
    """How what a list says differs from what it said before: ``new`` says something else, too.

    ``named``: the list says itself of each that is gone that it is, so that to be empty is no accident.
    """

    before: int
    after: int
    new: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    named: bool = False

    @property
    def doubtful(self) -> str:
        """Why this should not be believed without the owner's word, or ""."""
        if self.before and not self.after and not self.named:
            return f"it is empty, and named {self.before} before"
        if self.before >= MANY and self.after * 2 < self.before:
            return f"it has only {self.after} of its {self.before} entries left"
        if self.before and self.after - self.before >= max(FLOOD, self.before):
            return f"it has {self.after} entries, and had {self.before}"
        return ""


def compare(tx: Tx, number: int, entries: Sequence[Entry]) -> Changes:
    """Return how ``entries``, which are all that a list says now, differ from what it said before."""
    before = blocklist_entries.subjects(tx, number)
    gone = before - {entry.subject for entry in entries}
    return Changes(before=len(before), after=len(entries), new=_new(tx, number, entries), gone=tuple(gone))


def alter(tx: Tx, number: int, changed: Changed) -> Changes:
    """Return what is otherwise when this has changed in a list."""
    before = blocklist_entries.subjects(tx, number)
    gone = tuple(subject for subject in changed.ended if subject in before)
    more = sum(entry.subject not in before for entry in changed.entries)
    return Changes(
        before=len(before),
        after=len(before) + more - len(gone),
        new=_new(tx, number, changed.entries),
        gone=gone,
        named=True,
    )


def _new(tx: Tx, number: int, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    new: list[Entry] = []
    for start in range(0, len(entries), _PART):
        part = entries[start : start + _PART]
        known = blocklist_entries.said(tx, number, [entry.subject for entry in part])
        new += [entry for entry in part if known.get(entry.subject) != entry]
    return tuple(new)
