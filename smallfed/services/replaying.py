"""Replaying: the owner lets kept activities be handled once more, after an upgrade that learned something new."""

from msgspec import structs

from smallfed.domain.events import InboundQueued
from smallfed.store import keeping
from smallfed.store.keeping import STATES, State, Which
from smallfed.store.tx import Tx

AT_ONCE = 5000  # so that the queue stays far from full, and strangers are still let in


def again(
    tx: Tx,
    *,
    kind: str | None = None,
    reason: str | None = None,
    host: str | None = None,
    row: int | None = None,
    parked: bool = False,
) -> dict[str, int]:
    """Let what was ignored wait again, or what is ``parked``: those rows that are all of what is given.

    A ``row`` may be either. Answers how many wait ``again``, how many of the others have a letter that is ``gone`` or a
    host that is ``blocked``, and how many are ``left`` for another call. Doing it twice does no harm: handlers are
    idempotent, as for what other servers send twice.
    """
    which = Which(type=kind, reason=reason, host=host and host.lower(), id=row, states=_states(row, parked=parked))
    answer = keeping.again(tx, which, limit=AT_ONCE)
    if answer.again:
        tx.announce(InboundQueued())
    return structs.asdict(answer)


def _states(row: int | None, *, parked: bool) -> tuple[State, ...]:
    if parked:
        return ("parked",)
    return ("ignored",) if row is None else STATES
