"""Unheard: what the door refused of whoever said to be of a server. Nobody believed them, and nothing of it is kept."""

from collections.abc import Iterable
from datetime import datetime

from smallfed.domain.knock import OTHERS, Knocked
from smallfed.policy.sites import site
from smallfed.store import knocks
from smallfed.store.tx import Tx

DELIVERY, READING = ("request", "requests"), ("attempt to read here", "attempts to read here")


def of_servers(tx: Tx, names: Iterable[str | None], limit: int) -> list[tuple[str, str, datetime]]:
    """Return (where, how often and why, when last) of at most so many reasons; last of those who may be anybody."""
    known = {name for name in names if name}
    wider = {OTHERS, *(f"*.{site(name)}" for name in known)} if known else set[str]()
    found = sorted(knocks.of_hosts(tx, known | wider), key=lambda each: each.host in wider)
    return [("door", _told(each), each.last_at) for each in found[:limit]]


def _told(knocked: Knocked) -> str:
    days = f"{knocked.days} day{'s' * (knocked.days > 1)}"
    what = (READING if knocked.method in ("GET", "HEAD") else DELIVERY)[knocked.times > 1]
    were = "were" if knocked.times > 1 else "was"
    who = _who(knocked.host)
    return f"on {days} {knocked.times} {what} {who} {were} refused: {knocked.reason} ({knocked.rule})"


def _who(host: str) -> str:
    if host == OTHERS:
        return "by others, who said too many names to write each down,"
    below = host.removeprefix("*.")
    if below != host:
        return f"by others, who said too many names below {below} to write each down,"
    return f"by somebody who says to be of {host}"
