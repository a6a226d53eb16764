"""Unwanted: what relays brought and was turned away: counted, and for a while remembered, for whoever asks why."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from smallfed.domain.incoming import Announce, Create, Handed, Incoming, Mentioned
from smallfed.policy.relaying import MONTH
from smallfed.store import relay_days, unwanted
from smallfed.store.tx import Tx
from smallfed.store.unwanted import Known, Unwanted

Turned = tuple[Incoming, str, datetime]  # what came, why it was turned away, when it came
Told = list[tuple[str, str, datetime | None]]


def turn_away(tx: Tx, relay: int, turned: Sequence[Turned]) -> None:
    """Count in a relay's bill what was turned away of it, and remember which posts these were."""
    relay_days.refuse(tx, relay, Counter(reason for _, reason, _ in turned))
    if posts := [post for each in turned if (post := _post(*each)) is not None]:
        unwanted.put(tx, relay, posts)


def _post(incoming: Incoming, reason: str, came_at: datetime) -> Unwanted | None:
    """Return what to remember of an activity that brings a post; None of any other."""
    match incoming.activity if isinstance(incoming, Handed) else incoming:
        case Create(post=post):
            return Unwanted(uri=post.uri, url=post.url, author=post.author, reason=reason, came_at=came_at)
        case Announce(object=uri) | Mentioned(object=uri, update=False):
            return Unwanted(uri=uri, reason=reason, came_at=came_at)
        case _:
            return None


def told(tx: Tx, names: Collection[str], limit: int, *, exact: bool) -> Told:
    """Return (where, which relay brought what and why it was turned away, when) of posts with these names or authors.

    Where nothing is found of a post (``exact``) it is said of how many nothing but the reasons is known.
    """
    found = unwanted.about(tx, names, limit=limit)
    if found or not exact:
        return [("relay", _turned_away(relay, one), one.came_at) for relay, one in found]
    first = relay_days.day_of(tx.now - MONTH)
    months = [(one, sum(relay_days.refused_since(tx, one.relay, first).values())) for one in unwanted.known(tx)]
    return [("relay", _unknown(one, total - one.count), None) for one, total in months if total > one.count]


def _turned_away(relay: str, one: Unwanted) -> str:
    return f"{relay} brought {one.uri}, which was turned away: {one.reason}"


def _unknown(one: Known, others: int) -> str:
    words = (
        f"of {others:,} things that {one.address} brought in a month and were turned away only the reasons are known"
    )
    if one.since is not None:
        words = f"{words}, those of {one.count:,} since {one.since:%Y-%m-%d %H:%M} UTC by their addresses, too"
    return f"{words}: it may be one of them"
