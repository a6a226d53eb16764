"""Overrunning: which servers are known for little else than waves just now.

These are servers most of whose strangers are in waves, and, while a wave of many goes on, those of which nobody was
known before it. What their people say is judged by itself all the same: they may be the first to suffer. But likes,
boosts and follows say nothing by which they could be told apart, and a few words little.

Spec: SAFETY §5.
"""

from datetime import timedelta

from smallfed.domain.account import Account
from smallfed.domain.wave import Kind
from smallfed.store import accounts, stranger_rates, waves
from smallfed.store.stranger_rates import DAY
from smallfed.store.tx import Tx

SPAM = (Kind.ALIKE, Kind.NAMES)  # waves that are seen by what is said
SEVERAL = 2  # strangers of a server must be in waves, and not fewer than are in none
MANY = 8  # accounts in waves: by less, servers that nobody knows are not held to be part of it
GOING_ON = KNOWN = timedelta(days=1)  # after the last of it a wave is over; before the first, servers are known


def hear(tx: Tx, stranger: Account) -> None:
    """Note that a stranger does something."""
    stranger_rates.count_once(tx, _heard(stranger.host), stranger.id, hours=DAY)


def implicate(tx: Tx, stranger: Account) -> bool:
    """Note that something of a stranger is in a wave; whether their server is overrun by that."""
    was_overrun = _is_overrun(tx, stranger.host)
    stranger_rates.count_once(tx, _caught(stranger.host), stranger.id, hours=DAY)
    return _is_overrun(tx, stranger.host) and not was_overrun


def is_doubtful(tx: Tx, host: str) -> bool:
    """Whether a server is known for little else than waves."""
    if _is_overrun(tx, host):
        return True
    many, since = waves.going_on(tx, SPAM, GOING_ON)
    return many >= MANY and not accounts.is_any_known(tx, host, since - KNOWN)


def _is_overrun(tx: Tx, host: str) -> bool:
    caught = stranger_rates.read(tx, _caught(host), hours=DAY)
    return caught >= SEVERAL and caught * 2 >= stranger_rates.read(tx, _heard(host), hours=DAY)


def acquit(tx: Tx, host: str) -> None:
    """Forget who of a server was in waves: the owner wants one of these."""
    stranger_rates.forget(tx, _caught(host))


def _heard(host: str) -> str:
    return f"on {host}"


def _caught(host: str) -> str:
    return f"caught on {host}"
