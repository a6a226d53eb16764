"""Requesting: who waits to follow the owner, and why; some have waited long enough."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.welcome import Welcome
from smallfed.services import admitting
from smallfed.store import follow_terms, follows, houses
from smallfed.store.paging import Page
from smallfed.store.tx import Tx

AT_ONCE = 500  # requests that are looked at, the latest


class Waiting(Struct, frozen=True, kw_only=True):
    """Somebody who waits, since when, and why."""

    account: Account
    asked_at: datetime
    why: tuple[str, ...]


def agree(tx: Tx, terms: Welcome) -> None:
    """Accept requests on these terms from now on."""
    if follow_terms.get(tx) != terms:
        follow_terms.put(tx, terms)


def waiting(tx: Tx) -> Sequence[Waiting]:
    """Return who waits, who asked first before others; at most ``AT_ONCE``."""
    owner = houses.owner_id(tx)
    asking = [person for _, person in reversed(follows.requests(tx, owner, Page(limit=AT_ONCE)))]
    return [
        Waiting(account=person, asked_at=asked.created_at, why=admitting.why_waits(tx, person))
        for person in asking
        if (asked := follows.find(tx, person.id, owner)) is not None
    ]


def review(tx: Tx) -> list[str]:
    """Let those in who have to wait no longer; return their handles."""
    if follow_terms.get(tx) == Welcome():
        return []
    ready = [one.account for one in waiting(tx) if not one.why]
    for account in ready:
        admitting.authorize(tx, account)
    return [account.handle for account in ready]


def decide(tx: Tx, account: Account, *, accept: bool) -> None:
    """Let somebody in who asked, or not; NotFound when they do not ask."""
    if accept:
        admitting.authorize(tx, account)
    else:
        admitting.reject(tx, account)
