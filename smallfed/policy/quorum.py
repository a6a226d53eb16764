"""Quorum: what lists that are trusted differently come to together, and what of it holds without asking.

| what the lists say | what they come to |
|---|---|
| those that block weigh ``block_at`` together | a block |
| otherwise those that block or limit weigh ``limit_at`` | a limit |
| otherwise those that want no pictures, or no reports, weigh ``limit_at`` | just that |
| otherwise | nothing |

A list brings about no more than its ceiling. What is said more mildly than before holds at once; what is said more
severely waits for the owner, unless lists that are trusted to act by themselves weigh enough and nobody is cut off.

Spec: PROTOCOL §9.3.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from smallfed.domain.domain_block import Severity
from smallfed.domain.finding import Stand

_ORDER = {None: 0, Severity.NOOP: 1, Severity.SILENCE: 2, Severity.SUSPEND: 3}


class Terms(Struct, frozen=True, kw_only=True):
    """How much has to come together for a block, and for a limit."""

    block_at: int = 2
    limit_at: int = 1


class Vote(Struct, frozen=True, kw_only=True):
    """What one list says of a subject, and since when. ``automatic``: it is trusted to act by itself."""

    name: str
    weight: int = 1
    severity: Severity = Severity.SUSPEND
    ceiling: Severity = Severity.SUSPEND
    automatic: bool = False
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    comment: str = ""
    since: datetime

    @property
    def word(self) -> Severity:
        """What it brings about at most."""
        return milder(self.severity, self.ceiling) or Severity.NOOP


class Decision(Struct, frozen=True, kw_only=True):
    """What the lists come to. ``unasked``: what of it those come to that are trusted to act by themselves."""

    severity: Severity
    unasked: Severity | None = None
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    comment: str = ""
    because: str = ""


def stricter(one: Severity | None, other: Severity | None) -> bool:
    """Whether ``one`` keeps more away than ``other``."""
    return _ORDER[one] > _ORDER[other]


def milder(one: Severity | None, other: Severity | None) -> Severity | None:
    """Return the one that keeps less away."""
    return other if stricter(one, other) else one


def judge(votes: Sequence[Vote], terms: Terms) -> Decision | None:
    """Return what these votes come to, or None for nothing."""
    severity = _severity(votes, terms)
    if severity is None:
        return None
    return Decision(
        severity=severity,
        unasked=_severity([vote for vote in votes if vote.automatic], terms),
        reject_media=_weight(votes, lambda vote: vote.reject_media) >= terms.limit_at,
        reject_reports=_weight(votes, lambda vote: vote.reject_reports) >= terms.limit_at,
        obfuscate=any(vote.obfuscate for vote in votes),
        comment=next((vote.comment for vote in votes if vote.comment), ""),
        because=because(votes),
    )


def _severity(votes: Iterable[Vote], terms: Terms) -> Severity | None:
    if _weight(votes, lambda vote: vote.word is Severity.SUSPEND) >= terms.block_at:
        return Severity.SUSPEND
    if _weight(votes, lambda vote: vote.word is not Severity.NOOP) >= terms.limit_at:
        return Severity.SILENCE
    flags = (lambda vote: vote.reject_media), (lambda vote: vote.reject_reports)
    return Severity.NOOP if any(_weight(votes, flag) >= terms.limit_at for flag in flags) else None


def _weight(votes: Iterable[Vote], which: Callable[[Vote], bool]) -> int:
    return sum(vote.weight for vote in votes if which(vote))


def because(votes: Iterable[Vote]) -> str:
    """Return who says so and since when, for people."""
    return "Because of " + " and ".join(f"{vote.name} since {vote.since:%Y-%m-%d}" for vote in votes)


def holding(decision: Decision | None, held: Severity | None, state: Stand | None, *, tied: bool) -> Severity | None:
    """Return what holds, where ``held`` did until now; ``state`` is that of the finding, None for a new one.

    ``tied``: somebody there follows the owner or is followed, or asks to; then nothing becomes stricter unasked.
    """
    if state is Stand.TOUCHED:
        return held
    if state is Stand.IGNORED or decision is None:
        return None
    if state is Stand.AGREED or not stricter(decision.severity, held):
        return decision.severity
    unasked = None if tied else milder(decision.unasked, decision.severity)
    return unasked if stricter(unasked, held) else held
