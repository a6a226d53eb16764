"""What follows for lists of others: the owner's word about a server goes before theirs.

A server whose name they hide is kept away as soon as somebody there is met.
"""

from collections.abc import Callable
from typing import Any

from smallfed.domain import events
from smallfed.domain.events import Event
from smallfed.domain.uris import host
from smallfed.services import reckoning, trusting
from smallfed.store import accounts, cut_offs
from smallfed.store.tx import Tx


def _decided(tx: Tx, event: events.DomainDecided) -> None:
    reckoning.heed(tx, event.domain)


def _seen(tx: Tx, event: events.AccountSeen) -> None:
    account = accounts.get(tx, event.account)
    names = trusting.recognise(tx, {account.host.lower(), (host(account.uri) or account.host).lower()})
    if names:
        reckoning.reckon(tx, names)
        cut_offs.note(tx, account)


TABLE: dict[type[Event], Callable[[Tx, Any], None]] = {
    events.AccountSeen: _seen,
    events.DomainDecided: _decided,
}
