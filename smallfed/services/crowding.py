"""Crowding: how much strangers may do within an hour before the rest lies together, and the owner is told of it as one.

What says more of who does it than that there are many (accounts that have just begun, a server for each of them) takes
along what the owner was told of the same lately, and is held for as long as more of it comes.

Spec: SAFETY §5.
"""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.notification import SPOKEN, Notification
from smallfed.domain.uris import bare
from smallfed.domain.wave import Kind, Limits, State, Wave
from smallfed.policy.sites import site
from smallfed.policy.strangers import SERVERS, First, is_stuffed, is_young
from smallfed.services import overrunning
from smallfed.services.withdrawing import OVERRUN, strangers
from smallfed.store import accounts, ids, notifications, stranger_rates, waves
from smallfed.store.stranger_rates import DAY
from smallfed.store.tx import Tx

STUFFED, UNHEARD = 5, 10  # posts that name many, and others that are doubted, in an hour: more are a wave
DAILY = 2  # of new accounts so many times as many as in an hour: more within a day are a wave, too
QUIET = timedelta(days=1)  # so long after the last of it, a wave that had to be waited for is over


class Doing(Struct, frozen=True, kw_only=True):
    """What a stranger does: which notification it is, whether it is said ``unasked``, and ``why`` it is doubted."""

    type: str
    account: Account
    first: First
    unasked: bool
    why: str | None


class Crowd(Struct, frozen=True):
    """What a thing belongs to because there is too much of it. ``sample``: how that is called, where it has a name."""

    kind: Kind
    name: str
    reason: str
    sample: str = ""


def crowd(tx: Tx, doing: Doing, limits: Limits) -> Crowd | None:
    """Count what a stranger does, and return to what it belongs where that is too much; None: to nothing."""
    return next(_doubted(tx, doing, limits) if doing.why is not None else _told(tx, doing, limits), None)


def _doubted(tx: Tx, doing: Doing, limits: Limits) -> Iterator[Crowd]:
    reason = doing.why or ""
    if is_stuffed(doing.first, limits):
        if _too_many(tx, "names", STUFFED):
            yield Crowd(Kind.NAMES, "names", reason)
    elif stands(tx, Kind.NEW) or _too_many(tx, "unheard", UNHEARD):
        yield Crowd(Kind.NEW, Kind.NEW, reason)


def _told(tx: Tx, doing: Doing, limits: Limits) -> Iterator[Crowd]:
    host = doing.account.host
    below = site(host)
    if limits.waves and doing.type not in SPOKEN and overrunning.is_doubtful(tx, host):
        yield Crowd(Kind.OVERRUN, Kind.OVERRUN, OVERRUN)
    if doing.type == "follow_request" and 0 < limits.follows < stranger_rates.read(tx, "follows"):
        yield Crowd(
            Kind.FOLLOWS, "follows", f"More than {limits.follows} strangers asked to follow you within an hour."
        )
    if is_young(doing.account.published_at, tx.now) and _are_many_new(tx, doing.account, limits):
        yield Crowd(Kind.NEW, Kind.NEW, "It is by a new account, of which many come just now.")
    if doing.unasked and _too_many(tx, "unasked", limits.unasked):
        reason = f"More than {limits.unasked} strangers spoke to you unasked within an hour."
        yield Crowd(Kind.UNASKED, "unasked", reason)
    if limits.per_host and _is_scattered(tx, host, below):
        yield Crowd(Kind.HOST, f"site:{below}", f"It comes from one of many servers below {below}.", below)
    if _too_many(tx, f"host:{below}", limits.per_host):
        reason = f"Strangers on {below} sent more than {limits.per_host} things in an hour."
        yield Crowd(Kind.HOST, f"host:{below}", reason, below)


def _are_many_new(tx: Tx, account: Account, limits: Limits) -> bool:
    """Whether more new accounts than the owner wants have come, however much each of them does."""
    most = limits.new_accounts
    if most == 0 or stands(tx, Kind.NEW):
        return most > 0
    loud = stranger_rates.count_once(tx, "new in 1 h", account.id)
    steady = stranger_rates.count_once(tx, f"new in {DAY} h", account.id, hours=DAY)
    return loud > most or steady > DAILY * most


def _too_many(tx: Tx, name: str, most: int) -> bool:
    """Count one more; whether that are more than ``most`` within the hour."""
    return most > 0 and stranger_rates.count(tx, name) > most


def _is_scattered(tx: Tx, host: str, below: str) -> bool:
    """Note from which server something comes; whether it is one of many below one name."""
    if below == bare(host):
        return False
    if stands(tx, f"site:{below}"):
        return True
    return stranger_rates.count_once(tx, f"servers:{below}", host) > SERVERS


def stands(tx: Tx, name: str) -> bool:
    """Whether there is such a wave that waits for the owner, and more of it came lately."""
    wave = waves.find_named(tx, name)
    return wave is not None and wave.state is State.OPEN and wave.last_at > tx.now - QUIET


# What goes along ------------------------------------------------------------------------------------------------------
def company(tx: Tx, wave: Wave) -> list[Notification]:
    """Return what else, of what the owner was told within the day, a wave that has just begun is about."""
    told = notifications.told(tx, ids.least_short(tx.now - timedelta(hours=DAY)))
    people = accounts.several(tx, {one.account_id for one in told})
    meant = {number for number, account in people.items() if _belongs(tx, wave, account)}
    return strangers(tx, [one for one in told if one.account_id in meant], silent=wave.kind is Kind.OVERRUN)


def _belongs(tx: Tx, wave: Wave, account: Account) -> bool:
    match wave.kind:
        case Kind.NEW:
            return is_young(account.published_at, tx.now)
        case Kind.OVERRUN:
            return overrunning.is_doubtful(tx, account.host)
        case _:
            return wave.name == f"site:{site(account.host)}"
