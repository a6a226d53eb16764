"""Billing: the bills of relays, for the owner's eyes: what each brought, what it cost, and whether it is of use."""

from msgspec import Struct, structs

from smallfed.domain.relay import Day, Direction, Relay, State, Tally
from smallfed.policy import relaying
from smallfed.services import announcing
from smallfed.store import domain_blocks, houses, relay_days, relayed, relays
from smallfed.store.tx import Tx

MONTH = relaying.MONTH
KEY = "relays"  # of what is said about relays that may be dropped


class Bill(Struct, frozen=True, kw_only=True):
    """What there is to know of a relay: how it stands, what came of it in ``days`` days, and what to do about it.

    ``waiting``: activities in its queue. ``trouble``: why it is not reached. ``again``: whether it may be asked anew.
    ``hint``: why it may be dropped.
    """

    relay: Relay
    days: int
    total: Tally
    refused: dict[str, int]
    waiting: int
    trouble: str | None = None
    again: bool = False
    hint: str | None = None

    @property
    def standing(self) -> str:
        """How the relay stands, in words."""
        words = [self.relay.state.value, *(["paused"] if self.relay.paused else [])]
        only = {Direction.RECEIVE: ["receive only"], Direction.SEND: ["send only"]}
        return ", ".join(words + only.get(self.relay.direction, []))

    def as_json(self) -> dict[str, object]:
        """Return it flat, for programs."""
        relay = {name: value for name, value in structs.asdict(self.relay).items() if name != "id"}
        rest = {name: value for name, value in structs.asdict(self).items() if name not in ("relay", "total")}
        return relay | {"total": structs.asdict(self.total) | {"refused": self.refused}} | rest


def bill(tx: Tx, relay: Relay, *, days: int = MONTH.days) -> Bill:
    """Return the bill of a relay for some days, today included."""
    first = relay_days.day_of(tx.now) - days + 1
    total = relay_days.since(tx, relay.id, first)
    month = relay_days.since(tx, relay.id, relay_days.day_of(tx.now - MONTH))
    return Bill(
        relay=relay,
        days=days,
        total=total,
        refused=relay_days.refused_since(tx, relay.id, first),
        waiting=relayed.waiting(tx, relay.id),
        trouble=_trouble(tx, relay),
        again=may_be_asked(tx, relay),
        hint=relaying.useless(relay, month, tx.now),
    )


def bills(tx: Tx, *, days: int = MONTH.days) -> list[Bill]:
    """Return the bills of all relays, the oldest relay first."""
    return [bill(tx, relay, days=days) for relay in relays.every(tx)]


def by_day(tx: Tx, relay: Relay, *, days: int) -> list[Day]:
    """Return the bill of a relay day by day, the newest first."""
    return relay_days.days(tx, relay.id, relay_days.day_of(tx.now) - days + 1)


def _trouble(tx: Tx, relay: Relay) -> str | None:
    if relay.state in (State.REFUSED, State.LOST):
        return relay.reason
    cut_by = domain_blocks.holding(tx, relay.host)
    if cut_by is not None:
        return f"Its server is blocked: `smallfed unblock {cut_by}`"
    return relays.trouble(tx, relay)


def may_be_asked(tx: Tx, relay: Relay) -> bool:
    """Whether a relay may be asked anew: it refused, was not reached, or does not take what it is sent any more."""
    refused = relay.state in (State.REFUSED, State.LOST)
    return refused or (relays.asked_in_vain(tx, relay) or relays.refusing(tx, relay)) is not None


def advise(tx: Tx) -> list[Bill]:
    """Return the relays that may be dropped, of which the owner was not told within a month; now it is so."""
    found = say(tx)
    due = [each for each in found if each.relay.advised_at is None or tx.now - each.relay.advised_at >= MONTH]
    for each in due:
        relays.change(tx, each.relay.id, advised_at=tx.now)
    return due


def say(tx: Tx) -> list[Bill]:
    """Say in apps which relays may be dropped, as long as there are any; return these."""
    found = [each for each in bills(tx) if each.hint is not None]
    if found:
        lines = [f"`{each.relay.address}`: {each.hint}" for each in found]
        announcing.tell_of(tx, KEY, "\n\n".join([*lines, f"Drop it? {houses.get(tx).base}/relays"]))
    else:
        announcing.is_over(tx, KEY)
    return found


def tidy(tx: Tx) -> None:
    """Forget bills of long ago."""
    relay_days.expire(tx)
