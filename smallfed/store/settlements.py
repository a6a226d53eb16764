"""Settlements: what came of deliveries, written down for many at once.

An answer concerns its delivery. A silence concerns the host, as ``policy/retrying`` says: then the delivery keeps its
place, and the host's row says when it is asked again.

Spec: PROTOCOL §6.2; RULINGS 9, 19; SAFETY rule 39.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from smallfed.policy import retrying
from smallfed.policy.retrying import GiveUp, Retry, Sent, Silence
from smallfed.store import deliveries, hosts
from smallfed.store.deliveries import Delivery
from smallfed.store.hosts import Health, Scheme
from smallfed.store.moments import ms
from smallfed.store.rows import listed
from smallfed.store.tx import Tx


class Untried(Struct, frozen=True):
    """It was not tried after all, and is as due as before. ``held``: because nothing at all can be sent now."""

    held: bool = False


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a claimed delivery, begun at ``begun``.

    ``answered``: the host said something. ``slow``: it took its time. ``learned``: the scheme it is now known to take;
    ``unlearn``: it refused the one we believed it takes.
    """

    item: Delivery
    result: Sent | Retry | GiveUp | Silence | Untried
    begun: datetime
    answered: bool = False
    slow: bool = False
    denied: bool = False
    learned: Scheme | None = None
    unlearn: bool = False


class Lost(Struct, frozen=True, kw_only=True):
    """A delivery that will not be tried again."""

    host: str
    inbox: str
    activity: str
    why: str


class Settled(Struct, kw_only=True):
    """What is worth telling: deliveries given up, inboxes that are gone, circuits that opened, circuits that closed."""

    lost: list[Lost] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)


def settle(tx: Tx, outcomes: Sequence[Outcome]) -> Settled:
    """Write ``outcomes`` down. What was dropped meanwhile stays so, unless it is delivered."""
    settled = Settled()
    if outcomes:
        _answers(tx, outcomes, settled)
        _silences(tx, outcomes, settled)
        _habits(tx, outcomes)
        hosts.recount(tx, {outcome.item.host for outcome in outcomes})
    return settled


def _answers(tx: Tx, outcomes: Sequence[Outcome], settled: Settled) -> None:
    answered = {outcome.item.host for outcome in outcomes if outcome.answered}
    settled.closed = [host for host, failures in hosts.failing(tx, answered) if retrying.is_open(failures)]
    cut_off = hosts.companions(tx, answered)
    hosts.answered(tx, answered)
    hosts.forgive(tx, cut_off)
    sent: defaultdict[str, list[int]] = defaultdict(list)
    for outcome in outcomes:
        match outcome.result:
            case Sent(why=why):
                sent[why].append(outcome.item.id)
            case Retry() | GiveUp() as decision:
                _decided(tx, outcome, decision, settled)
            case Untried() | Silence():
                pass
    for why, ids in sent.items():
        _sent(tx, ids, why)
    _untried(tx, [outcome.item.id for outcome in outcomes if isinstance(outcome.result, Untried)])


def _sent(tx: Tx, ids: Collection[int], why: str) -> None:
    tx.run(
        "UPDATE deliveries SET state = 'delivered', answer = ?, answered_at = ?"
        " WHERE id IN (SELECT value FROM json_each(?)) AND state IN ('waiting', 'dropped')",
        why,
        ms(tx.now),
        listed(ids),
    )


def _untried(tx: Tx, ids: Collection[int]) -> None:
    if ids:
        tx.run(
            "UPDATE deliveries SET attempts = attempts - 1 WHERE id IN (SELECT value FROM json_each(?))", listed(ids)
        )


def _decided(tx: Tx, outcome: Outcome, decision: Retry | GiveUp, settled: Settled) -> None:
    item, now = outcome.item, ms(tx.now)
    match decision:
        case Retry(wait=wait, why=why, rest=rest):
            tx.run(
                "UPDATE deliveries SET due = ?, failures = failures + 1, denials = denials + ?, answer = ?,"
                " answered_at = ? WHERE id = ? AND state = 'waiting'",
                ms(tx.now + timedelta(seconds=wait)),
                outcome.denied,
                why,
                now,
                item.id,
            )
            if rest:
                hosts.pause(tx, item.host, until=tx.now + timedelta(seconds=rest))
        case GiveUp(why=why, gone=gone):
            changed = tx.run(
                "UPDATE deliveries SET state = 'failed', answer = ?, answered_at = ?"
                " WHERE id = ? AND state = 'waiting'",
                why,
                now,
                item.id,
            )
            if gone and not item.gone:
                deliveries.mark_gone(tx, item.inbox)
                settled.gone.append(item.inbox)
            if changed:
                settled.lost.append(Lost(host=item.host, inbox=item.inbox, activity=item.activity, why=why))


# Silence ------------------------------------------------------------------------------------------------------------
def _silences(tx: Tx, outcomes: Sequence[Outcome], settled: Settled) -> None:
    for outcome in outcomes:
        if isinstance(outcome.result, Silence):
            _silence(tx, outcome, outcome.result, settled)


def _silence(tx: Tx, outcome: Outcome, silence: Silence, settled: Settled) -> None:
    item = outcome.item
    if not silence.reached:
        tx.run("UPDATE deliveries SET misses = misses + 1 WHERE id = ?", item.id)
    host = hosts.health(tx, [item.host])[item.host]
    blame = retrying.blame(
        silence,
        others_answered=host.last_ok_at is not None and host.last_ok_at > outcome.begun,
        host_failures=host.failures,
        item_failures=item.failures,
    )
    if blame.item:
        decision = retrying.judge(silence, attempt=item.failures + 1, dice=_dice(tx))
        assert isinstance(decision, Retry | GiveUp)
        _decided(tx, outcome, decision, settled)
    else:
        tx.run(
            "UPDATE deliveries SET answer = ?, answered_at = ? WHERE id = ? AND state = 'waiting'",
            silence.why,
            ms(tx.now),
            item.id,
        )
    if blame.host and (host.open_until is None or host.open_until <= outcome.begun):
        _rest(tx, host, silence.why, settled)


def _rest(tx: Tx, host: Health, why: str, settled: Settled) -> None:
    """Leave a silent host alone for a while, and give up what has waited for it all the time we have."""
    failures = host.failures + 1
    hosts.silent(tx, host.host, until=tx.now + timedelta(seconds=retrying.rest(failures, _dice(tx))), why=why)
    if retrying.is_open(failures) and not retrying.is_open(host.failures):
        settled.opened[host.host] = why
    words = f"no answer from {host.host} for {round(retrying.PATIENCE / retrying.HOUR)} hours; last: {why}"
    rows = tx.all(
        "UPDATE deliveries SET state = 'failed', answer = ?, answered_at = ? WHERE host = ? AND state = 'waiting'"
        " AND ifnull(since, created_at) <= ?"
        " RETURNING inbox, (SELECT activity FROM bodies WHERE bodies.id = deliveries.body_id)",
        words,
        ms(tx.now),
        host.host,
        ms(tx.now - timedelta(seconds=retrying.PATIENCE)),
    )
    settled.lost += [Lost(host=host.host, inbox=inbox, activity=activity, why=words) for inbox, activity in rows]


def _dice(tx: Tx) -> float:
    return tx.dice(16) / (1 << 16)


# Habits -------------------------------------------------------------------------------------------------------------
def _habits(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    hosts.slow(tx, {outcome.item.host for outcome in outcomes if outcome.slow})
    for outcome in outcomes:
        if outcome.unlearn:
            hosts.unlearn(tx, outcome.item.host)
        if outcome.learned is not None:
            hosts.learned(tx, outcome.item.host, outcome.learned, evidence="it took this after refusing the other")
