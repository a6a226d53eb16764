"""Reckoning: what lists of others come to together for each subject, and what of it begins or ends to hold.

Whatever changes that (a list says something, takes it back, is trusted more; the owner speaks) marks subjects; they are
reckoned in slices, each in a transaction of its own, and a restart goes on where it was. Where somebody follows the
owner or is followed, all that follows from a change is done with it; for servers that nobody knows it is done at the
end, once for all of them.

Spec: PROTOCOL §9.3.
"""

from collections.abc import Collection, Mapping
from functools import cache, partial
from operator import attrgetter

from msgspec import Struct, structs

from smallfed.domain.account import Account
from smallfed.domain.blocklist import HIDDEN, is_person
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import ListsChanged
from smallfed.domain.finding import Finding, Stand
from smallfed.domain.uris import host
from smallfed.errors import Invalid
from smallfed.policy import quorum
from smallfed.policy.domains import EVERYBODY, chain, covered
from smallfed.policy.quorum import Decision, Terms
from smallfed.services import blocking, lifting, moderating, muting
from smallfed.services.moderating import Wish
from smallfed.store import (
    blocklist_entries,
    blocklists,
    domain_allows,
    domain_blocks,
    findings,
    houses,
    ties,
    unreckoned,
)
from smallfed.store.tx import Tx
from smallfed.store.unreckoned import EVERYTHING

SLICE = 500  # subjects in one transaction: 20 ms
MANY = 2000  # rows in one, of which nothing more follows
CHOICES: Mapping[str, Severity | None] = {"block": Severity.SUSPEND, "limit": Severity.SILENCE, "ignore": None}


def go_on(tx: Tx) -> bool:
    """Reckon a slice of what is marked; return whether there may be more."""
    subjects = unreckoned.take(tx, SLICE)
    if subjects == [EVERYTHING]:
        moderating.by_lists(tx, {})
    elif subjects:
        reckon(tx, subjects)
    else:
        return _tidy(tx)
    return True


def _tidy(tx: Tx) -> bool:
    """Forget some of what lists said that are gone or were taken back; return whether there was any."""
    for number in blocklists.gone(tx):
        if not blocklist_entries.drop_some(tx, number, MANY):
            blocklists.drop(tx, number)
        return True
    return any(blocklist_entries.retract_some(tx, number, MANY) for number in blocklists.taken_back(tx)[:1])


def heed(tx: Tx, domain: str) -> None:
    """Heed what the owner says of a domain: at once for itself, soon for what is below it.

    ``*``: the house was closed or opened, so that what is allowed counts otherwise.
    """
    names = [name.removeprefix("*.") for name in (domain_allows.every(tx) if domain == EVERYBODY else (domain,))]
    below = [subject for name in names for subject in blocklist_entries.below(tx, name)]
    if below:
        unreckoned.mark(tx, below)
        tx.announce(ListsChanged())
    reckon(tx, names, at_once=True)


class Ground(Struct, frozen=True, kw_only=True):
    """What the owner has said, and where we live, with what is above that: gathered once for a slice."""

    terms: Terms
    spoken: frozenset[str]
    allows: frozenset[str]
    ours: frozenset[str]

    def overrules(self, subject: str) -> bool:
        """Whether the owner's word, or where we live, leaves the lists no say about a domain."""
        return subject in self.spoken or subject in self.ours or covered(subject, self.allows)


def ground(tx: Tx, subjects: Collection[str]) -> Ground:
    """Gather it. In a house that is closed, to be allowed is not to be beyond lists (``policy/domains.overrides``)."""
    return Ground(
        terms=blocklists.terms(tx),
        spoken=domain_blocks.spoken(tx, subjects),
        allows=frozenset() if domain_blocks.is_closed(tx) else domain_allows.every(tx),
        ours=frozenset(name for ours in houses.get(tx).names for name in chain(ours)),
    )


def reckon(tx: Tx, subjects: Collection[str], *, at_once: bool = False) -> None:
    """Bring what is found of these subjects, and what holds for them, in line with what lists and the owner say.

    ``at_once``: with all that follows, also where nobody is known.
    """
    subjects = [subject for subject in subjects if not subject.startswith((HIDDEN, EVERYTHING))]
    known, votes, here = findings.several(tx, subjects), blocklist_entries.votes(tx, subjects), ground(tx, subjects)
    judge = cache(partial(quorum.judge, terms=here.terms))  # of most a list says the same
    decisions = {
        subject: judge(tuple(votes.get(subject, ())))
        for subject in subjects
        if is_person(subject) or not here.overrules(subject)
    }
    tied = ties.those(tx, subjects)
    changed = {
        subject: now
        for subject in subjects
        if (now := _found(tx, subject, known.get(subject), decisions.get(subject), tied=subject in tied))
        != known.get(subject)
    }
    findings.drop(tx, [subject for subject, now in changed.items() if now is None])
    findings.put(tx, filter(None, changed.values()))
    _let_hold(tx, known, changed, subjects if at_once else tied)


def _found(tx: Tx, subject: str, known: Finding | None, decision: Decision | None, *, tied: bool) -> Finding | None:
    """Return what is found now, the very same where nothing changes; None for nothing."""
    state = None if known is None else known.state
    if decision is None and state not in (Stand.IGNORED, Stand.TOUCHED):
        return None
    holds = quorum.holding(decision, None if known is None else known.holds, state, tied=tied)
    if state not in (Stand.IGNORED, Stand.TOUCHED):
        state = Stand.HOLDING if decision is not None and holds is decision.severity else Stand.WAITING
    said = {"severity": None} if decision is None else dict(zip(_SAID, _said_by(decision), strict=True))
    if known is None:
        known = Finding(subject=subject, person=is_person(subject), created_at=tx.now, changed_at=tx.now)
    now = structs.replace(known, **said, holds=holds, state=state)
    return now if now == known else structs.replace(now, changed_at=tx.now)


_SAID = ("severity", "reject_media", "reject_reports", "obfuscate", "comment", "because")
_said_by = attrgetter(*_SAID)


def _let_hold(
    tx: Tx, known: Mapping[str, Finding], changed: Mapping[str, Finding | None], at_once: Collection[str]
) -> None:
    """Let hold what is found now; where one of those moves that are ``at_once``, with all that follows."""
    before = {subject: _effect(known.get(subject)) for subject in changed}
    after = {subject: _effect(now) for subject, now in changed.items()}
    moved = {subject for subject in changed if before[subject] != after[subject]}
    if not moved:
        return
    where = None if moved.isdisjoint(at_once) else _place(moved)
    moderating.by_lists(tx, {name: after[name] for name in moved if not is_person(name)}, where)
    lifting.plan_people(tx, filter(is_person, moved))
    if where is None:
        unreckoned.mark(tx, [EVERYTHING])
        tx.announce(ListsChanged())


def _place(subjects: Collection[str]) -> str:
    """Return the domain on which all of these are."""
    first, *others = subjects
    if others or not is_person(first):
        return EVERYBODY if others else first
    return host(first) or first.rpartition("@")[2]


def _effect(found: Finding | None) -> Wish | None:
    """Return what a finding lets hold."""
    if found is None or found.holds is None:
        return None
    return Wish(
        severity=found.holds,
        reject_media=found.reject_media,
        reject_reports=found.reject_reports,
        public_comment=found.comment,
        private_comment=found.because,
        obfuscate=found.obfuscate,
    )


# The owner's word -----------------------------------------------------------------------------------------------------
def choose(tx: Tx, subject: str, choice: str) -> None:
    """Do what the owner says about a subject in one word; ``lists``: they have their say again. Invalid for others."""
    if choice == "agree":
        agree(tx, [subject])
    elif choice == "lists":
        forget(tx, subject)
    elif choice in CHOICES:
        decide(tx, subject, CHOICES[choice])
    else:
        raise Invalid("say agree, block, limit, ignore or lists")


def agree(tx: Tx, subjects: Collection[str] | None = None) -> int:
    """Agree to what waits: of these subjects, or (None) wherever nobody is cut off. Return how much that is.

    Wherever nobody is cut off: to so much at a time; to nothing more when there is nothing more.
    """
    agreed = findings.agree_but(tx, ties.names(tx), MANY) if subjects is None else findings.agree(tx, subjects)
    unreckoned.mark(tx, agreed)
    tx.announce(ListsChanged())
    return len(agreed)


def decide(tx: Tx, subject: str, severity: Severity | None) -> None:
    """Let hold for a subject what the owner says, None: nothing, whatever lists say from now on.

    What is said of a server is the owner's own block or limit then; of which, with None, nothing is left.
    """
    known = findings.find(tx, subject)
    if severity is not None and not is_person(subject):
        reasons = None if known is None else known.because
        moderating.set_up(tx, subject, Wish(severity=severity, private_comment=reasons))
        return
    start = known or Finding(subject=subject, person=is_person(subject), created_at=tx.now, changed_at=tx.now)
    state = Stand.IGNORED if severity is None else Stand.TOUCHED
    now = structs.replace(start, holds=severity, state=state, changed_at=tx.now)
    findings.put(tx, [now])
    before = {} if known is None else {subject: known}
    _let_hold(tx, before, {subject: now}, [subject])
    _lift_own(tx, subject)


def _lift_own(tx: Tx, subject: str) -> None:
    own = None if is_person(subject) else domain_blocks.of(tx, subject)
    if own is not None:
        moderating.lift(tx, own.id)


def unblock(tx: Tx, target: Account) -> None:
    """Block somebody no longer, by the owner's word or that of lists: from then on lists are not heeded about them."""
    blocking.unblock(tx, target)
    _leave_alone(tx, target, Severity.SUSPEND)


def unmute(tx: Tx, target: Account) -> None:
    """Mute somebody no longer, by the owner's word, nor limit them by that of lists, which are not heeded then."""
    muting.unmute(tx, target)
    _leave_alone(tx, target, Severity.SILENCE)


def _leave_alone(tx: Tx, target: Account, held: Severity) -> None:
    for subject, found in findings.several(tx, [target.uri, f"@{target.handle}".lower()]).items():
        if found.holds is held:
            decide(tx, subject, None)


def forget(tx: Tx, subject: str) -> None:
    """Take back what the owner has said of a subject, also a block or limit: the lists have their say again."""
    _lift_own(tx, subject)
    known = findings.find(tx, subject)
    if known is not None:
        findings.put(tx, [structs.replace(known, state=Stand.WAITING)])
        reckon(tx, [subject], at_once=True)
