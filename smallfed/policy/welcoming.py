"""Welcoming: which requests to follow need no decision of an owner who decides about them.

Spec: SAFETY §5.
"""

from collections.abc import Iterator
from datetime import timedelta

from smallfed.domain.welcome import Asking, Welcome

EARLIER = "They asked when you decided about everybody, or about them."


def why_waits(terms: Welcome, asking: Asking) -> tuple[str, ...]:
    """Return why somebody has to wait for the owner's decision; nothing: they are let in.

    Where everybody is let in by now, whoever waits and has nothing against them has asked earlier.
    """
    against, lacking = tuple(_against(asking)), tuple(_lacking(terms, asking))
    if asking.open and lacking:
        return against or (EARLIER,)
    return (*against, *lacking)


def _against(asking: Asking) -> Iterator[str]:
    if asking.muted:
        yield "You mute them."
    if asking.limited:
        yield "You limit their server."
    if asking.doubted:
        yield "A rule of yours leaves them to you, or too many strangers ask at once."


def _lacking(terms: Welcome, asking: Asking) -> Iterator[str]:
    """Yield what is missing; one of the two ways in is enough."""
    if terms.accept_followed and asking.followed:
        return
    if not terms.accept_after_days:
        yield "You do not follow them." if terms.accept_followed else "You decide about everybody yourself."
        return
    if asking.known_for < timedelta(days=terms.accept_after_days):
        yield f"They have been known here for less than {terms.accept_after_days} days."
    if terms.needs_profile and not asking.has_picture:
        yield "They have no picture."
    if terms.needs_profile and not asking.says_something:
        yield "They say nothing of themselves."
