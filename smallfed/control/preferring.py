"""What the owner's commands may call about what the owner prefers: name → a function of (tx, …); see ``calls``."""

from collections.abc import Callable
from typing import Any

from msgspec import convert, to_builtins

from smallfed.control.moderation import person
from smallfed.domain.preferences import PreferencesChange
from smallfed.errors import NotFound
from smallfed.services import preferring
from smallfed.services.blocking import clean_domain
from smallfed.store import follows, houses
from smallfed.store.tx import Tx

Json = Any


def prefer(tx: Tx, *, change: Json) -> Json:
    """Change what the owner prefers; answers all of it."""
    return to_builtins(preferring.prefer(tx, convert(change, PreferencesChange)))


def want_boosts(tx: Tx, *, named: str, wanted: bool) -> Json:
    """Show the boosts of somebody at home, or do not; answers who that is. NotFound for who is not followed."""
    account = person(tx, named)
    known = follows.find(tx, houses.owner_id(tx), account.id)
    if known is None or known.frozen:
        raise NotFound(f"you do not follow @{account.handle}, so nothing that they boost is shown at home")
    preferring.want_boosts(tx, [account], wanted=wanted)
    return {"handles": [account.handle], "after": None}


def sweep_boosts(tx: Tx, *, host: str | None, wanted: bool, after: int = 0) -> Json:
    """Do that to whom the owner follows on a server, or anywhere; answers whom it changed, and where to go on."""
    name = None if host is None else clean_domain(host)
    return to_builtins(preferring.sweep_boosts(tx, host=name, wanted=wanted, after=after))


CALLS: dict[str, Callable[..., Json]] = {
    "preferences.set": prefer,
    "boosts.want": want_boosts,
    "boosts.sweep": sweep_boosts,
}
