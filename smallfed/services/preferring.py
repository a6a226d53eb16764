"""Preferring: the owner says who may answer and quote, to whom counts are shown, and whose boosts are wanted."""

from collections.abc import Sequence

from msgspec import UNSET, Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.events import PreferencesChanged
from smallfed.domain.preferences import Preferences, PreferencesChange
from smallfed.services import following
from smallfed.store import follows, houses, preferences
from smallfed.store.tx import Tx

SLICE = 100  # people whose boosts are hidden, or shown again, in one call


class Swept(Struct, frozen=True, kw_only=True):
    """Whose boosts have become hidden, or shown; ``after``: where to go on, None when all are done."""

    handles: Sequence[str]
    after: int | None = None


def prefer(tx: Tx, change: PreferencesChange) -> Preferences:
    """Change what is set in ``change``, and return what the owner prefers now. Posts keep what they say."""
    before = preferences.find(tx)
    said = {name: value for name, value in structs.asdict(change).items() if value is not UNSET}
    after = structs.replace(before, **said)
    if after != before:
        preferences.put(tx, after)
        tx.announce(PreferencesChanged())
    return after


def want_boosts(tx: Tx, people: Sequence[Account], *, wanted: bool) -> list[str]:
    """Show the boosts of these people at home, or not; return of whom that changed: the owner must follow them."""
    changed = []
    for person in people:
        known = follows.find(tx, houses.owner_id(tx), person.id)
        if known is not None and not known.frozen and known.reblogs is not wanted:
            following.follow(tx, person, reblogs=wanted, notify=known.notify, languages=known.languages)
            changed.append(person.handle)
    return changed


def sweep_boosts(tx: Tx, *, host: str | None, wanted: bool, after: int = 0) -> Swept:
    """Do that to everybody whom the owner follows on ``host`` and below it, or (None) anywhere: a slice at a time."""
    found = follows.whose_boosts(tx, houses.owner_id(tx), host=host, wanted=not wanted, after=after, limit=SLICE)
    handles = want_boosts(tx, [person for _, person in found], wanted=wanted)
    return Swept(handles=handles, after=found[-1][0] if len(found) == SLICE else None)
