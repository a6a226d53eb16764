"""Moving: whether somebody has moved as they say, and when one may move again.

Spec: PROTOCOL §8.1; FEP-7628; SAFETY rule 12.
"""

from datetime import datetime, timedelta

from smallfed.domain.account import Account
from smallfed.domain.refused import Refused

SETTLED = timedelta(days=7)  # before somebody can take their followers elsewhere again
HERE = timedelta(days=30)  # before the owner can
FRESH = timedelta(hours=1)  # a document read since then says what is so


def may_claim(actor: str, *, old: str, new: str, owner: str) -> Refused | None:
    """Judge, by their ids, whether ``actor`` may say that ``old`` has moved to ``new``."""
    if actor not in (old, new):
        return Refused("Only who moves, or the one that they become, can say so.")
    if old == new:
        return Refused("Nobody moves to where they are.")
    if old == owner:
        return Refused("The owner has not moved there.")
    if new == owner:
        return Refused("It is to us: the followers come by themselves.")
    return None


def is_fresh(account: Account | None, *, since: datetime, now: datetime) -> bool:
    """Whether what we know of ``account`` was read after ``since``, and not long ago."""
    if account is None or account.fetched_at is None:
        return False
    return account.fetched_at >= since and now - account.fetched_at <= FRESH


def may_move(old: Account, new: Account, *, pulled: bool) -> Refused | None:
    """Judge by their documents whether ``old`` has moved to ``new``.

    The one that did not speak must name the other, by what it says now: the new one as what it was before; when the new
    one spoke (``pulled``), the old one as what it has become. Everything else would be theft: who names an account
    under ``alsoKnownAs`` lets it come, and many name one there whose server, and name, is somebody else's by now.
    """
    named = new.uri == old.moved_to if pulled else old.uri in new.also_known_as
    if not named:
        return Refused("Who is moved does not name the new account." if pulled else "The target does not name the old.")
    if new.gone_at is not None:
        return Refused("The target is gone.")
    if new.moved_to is not None:
        return Refused("The target has moved itself.")
    return None


def may_again(last: datetime | None, now: datetime, pause: timedelta) -> datetime | None:
    """Return when the next move is possible, or None when it is now."""
    return None if last is None or now - last >= pause else last + pause
