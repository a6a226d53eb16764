"""Keeping: what was not understood and is held with its reason, and the way back into the queue.

Spec: RULINGS 16, 17; DESIGN principle 14: the operator is a reader too.

The row outlives its letter (store/pruning): what has no letter any more can be named, not handled again.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Literal

from msgspec import Struct

from smallfed.store import domain_blocks, inbound
from smallfed.store.moments import moment, ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx

State = Literal["ignored", "parked"]
STATES: tuple[State, ...] = ("ignored", "parked")

# The conditions are those of the partial indexes; what is ignored dates from its verdict, what is parked from arrival.
_ROWS = {
    "ignored": "inbound WHERE state = 'ignored'",
    "parked": "inbound INDEXED BY inbound_due WHERE state IN ('waiting', 'parked') AND state = 'parked'",
}
_AT = {"ignored": "settled_at", "parked": "received_at"}
_LETTER = "EXISTS (SELECT 1 FROM letters WHERE inbound_id = inbound.id)"


class Which(Struct, frozen=True, kw_only=True):
    """Rows in one of ``states`` that are all of what is given. ``reason`` is any part of it, in small or capitals."""

    type: str | None = None
    reason: str | None = None
    host: str | None = None
    id: int | None = None
    states: Sequence[State] = STATES

    @property
    def condition(self) -> tuple[str, tuple[int | str, ...]]:
        """What to add to a WHERE clause, and its values."""
        given: dict[str, int | str | None] = {
            "type = ?": self.type,
            "instr(lower(ifnull(reason, '')), lower(?)) > 0": self.reason,
            "host = ?": self.host,
            "id = ?": self.id,
        }
        meant = {text: value for text, value in given.items() if value is not None}
        return "".join(f" AND {text}" for text in meant), tuple(meant.values())


class Group(Struct, frozen=True, kw_only=True):
    """How many rows have one type, state and reason, since when, and how many of them still have their letter."""

    type: str
    state: State
    reason: str
    times: int
    letters: int
    since: datetime


class Kept(Struct, frozen=True, kw_only=True):
    """A row that was ignored, or waits for something. ``letter``: it can be handled again."""

    id: int
    actor: str
    activity: str
    type: str
    host: str
    state: State
    reason: str
    at: datetime
    letter: bool


class Again(Struct, frozen=True, kw_only=True):
    """How many rows wait again; and of the others that were meant: gone letters, blocked hosts, too many at once."""

    again: int
    gone: int
    blocked: int
    left: int


def groups(tx: Tx) -> list[Group]:
    """Return what is kept by type, state and reason, the most frequent first."""
    found = [
        Group(type=type_, state=state, reason=reason, times=times, letters=letters, since=moment(since))
        for state in STATES
        for type_, reason, times, letters, since in tx.all(
            f"SELECT type, ifnull(reason, '') AS why, count(*), sum({_LETTER}), min({_AT[state]})"
            f" FROM {_ROWS[state]} GROUP BY type, why",
        )
    ]
    return sorted(found, key=lambda group: (-group.times, group.type, group.reason, group.state))


def rows(tx: Tx, which: Which, *, limit: int) -> list[Kept]:
    """Return the latest rows of ``which``, the latest first."""
    condition, values = which.condition
    found = [
        _kept(state, row)
        for state in which.states
        for row in tx.all(
            f"SELECT id, actor, activity, type, host, ifnull(reason, ''), {_AT[state]}, {_LETTER}"
            f" FROM {_ROWS[state]}{condition} ORDER BY {_AT[state]} DESC, id DESC LIMIT ?",
            *values,
            limit,
        )
    ]
    return sorted(found, key=attrgetter("at", "id"), reverse=True)[:limit]


def about(tx: Tx, uri: str, *, limit: int) -> list[Kept]:
    """Return the latest rows of an actor, an activity or about an object, the latest first. Looks at all there are."""
    found = [
        _kept(state, row)
        for state in STATES
        for row in tx.all(
            f"SELECT id, actor, activity, type, host, ifnull(reason, ''), {_AT[state]}, {_LETTER}"
            f" FROM {_ROWS[state]} AND ? IN (actor, activity, order_key) ORDER BY {_AT[state]} DESC, id DESC LIMIT ?",
            uri,
            limit,
        )
    ]
    return sorted(found, key=attrgetter("at", "id"), reverse=True)[:limit]


def _kept(state: State, row: tuple[int, str, str, str, str, str, int, int]) -> Kept:
    id_, actor, activity, type_, host, reason, at, letter = row
    return Kept(
        id=id_,
        actor=actor,
        activity=activity,
        type=type_,
        host=host,
        state=state,
        reason=reason,
        at=moment(at),
        letter=bool(letter),
    )


def again(tx: Tx, which: Which, *, limit: int) -> Again:
    """Let at most ``limit`` rows of ``which`` wait as if they had just arrived, those that were left longest first.

    Rows without a letter stay, and rows of hosts that are blocked now.
    """
    meant = [row for state in which.states for row in _meant(tx, which, state)]
    with_letter = [row for row in meant if row[3]]
    blocked = {host for host in {row[1] for row in with_letter} if domain_blocks.covers(tx, host)}
    ready = [row for row in with_letter if row[1] not in blocked]
    chosen = ready[:limit]
    now = ms(tx.now)
    tx.run(
        "UPDATE inbound SET state = 'waiting', due = ?, attempts = 0, waiting_for = NULL, reason = NULL,"
        " received_at = ?, settled_at = NULL WHERE id IN (SELECT value FROM json_each(?))",
        now,
        now,
        listed([id_ for id_, *_ in chosen]),
    )
    # What was parked never ceased to be counted as waiting.
    for host, number in Counter(host for _, host, state, _ in chosen if state == "ignored").items():
        inbound.tally(tx, host, number)
    return Again(
        again=len(chosen),
        gone=len(meant) - len(with_letter),
        blocked=len(with_letter) - len(ready),
        left=len(ready) - len(chosen),
    )


def _meant(tx: Tx, which: Which, state: State) -> list[tuple[int, str, State, int]]:
    condition, values = which.condition
    found = tx.all(
        f"SELECT id, host, {_LETTER} FROM {_ROWS[state]}{condition} ORDER BY {_AT[state]}, id",
        *values,
    )
    return [(id_, host, state, letter) for id_, host, letter in found]
