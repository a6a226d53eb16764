"""Foreseeing: what lists of others would cut off or limit, before anything is agreed to.

Spec: PROTOCOL §9.3. All of it looks at many rows: for a thread.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, partial

from msgspec import Struct

from smallfed.domain.blocklist import Blocklist, Entry, is_person
from smallfed.domain.domain_block import Severity
from smallfed.domain.finding import Stand
from smallfed.policy import quorum
from smallfed.policy.domains import chain
from smallfed.policy.quorum import Decision
from smallfed.services import reckoning
from smallfed.services.trusting import Trust
from smallfed.store import blocklist_entries, findings, impacts, ties
from smallfed.store.impacts import Met
from smallfed.store.tx import Tx

_SLICE = 5000


class Cut(Struct, frozen=True, kw_only=True):
    """What a block (or limit) of one subject means: handles of follows, and how much of what is stored.

    ``below`` is how many servers below it are known here: for all of them it would hold. ``relays`` and ``lists`` are
    addresses of relays of the owner's, and of lists that are read, which a block cuts off.
    """

    subject: str
    severity: Severity
    because: str = ""
    following: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    requests: int = 0
    people: int = 0
    posts: int = 0
    below: int = 0
    relays: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether there is a follow, or a request for one: then it waits for the owner's own word."""
        return bool(self.following or self.followers or self.requests)


class Forecast(Struct, frozen=True, kw_only=True):
    """What would come: how many blocks, limits and other rows, and those (``cuts``) that meet whom or what we know.

    ``overruled`` is how many the owner's own blocks and allows leave without effect.
    """

    blocks: int = 0
    limits: int = 0
    others: int = 0
    overruled: int = 0
    cuts: tuple[Cut, ...] = ()

    @property
    def following(self) -> int:
        """How many people whom the owner follows would be cut off."""
        return sum(len(cut.following) for cut in self.cuts if cut.severity is Severity.SUSPEND)

    @property
    def followers(self) -> int:
        """How many followers would be cut off."""
        return sum(len(cut.followers) for cut in self.cuts if cut.severity is Severity.SUSPEND)

    @property
    def posts(self) -> int:
        """How many posts would be hidden."""
        return sum(cut.posts for cut in self.cuts if cut.severity is Severity.SUSPEND)

    @property
    def relays(self) -> int:
        """How many relays of the owner's would be cut off."""
        return sum(len(cut.relays) for cut in self.cuts)

    @property
    def lists(self) -> int:
        """How many lists could be read no more."""
        return sum(len(cut.lists) for cut in self.cuts)


def waiting(tx: Tx, only: Collection[str] | None = None) -> Forecast:
    """Return what would come if the owner agreed to all that waits, or to ``only`` these of it."""
    drafts = findings.drafts(tx)
    return _forecast(tx, drafts if only is None else {name: drafts[name] for name in only if name in drafts})


def with_list(tx: Tx, entries: Sequence[Entry], trust: Trust, known: Blocklist | None = None) -> Forecast:
    """Return what would come if there were one more list, and the owner agreed to all that comes of it.

    ``known``: the list as it is already subscribed to; what it says now stands in the place of what it has said, and
    it is trusted as before in all of which ``trust`` says nothing.
    """
    trust = _over(known, trust)
    new: dict[str, Severity] = {}
    because: dict[str, str] = {}
    overruled = 0
    wanted = [entry for entry in entries if not trust.labels or entry.says & set(trust.said["labels"])]
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        decisions, without = _decisions(tx, part, trust, but=None if known is None else known.id)
        overruled += without
        before = findings.several(tx, [entry.subject for entry in part])
        for subject, decision in decisions.items():
            one = before.get(subject)
            ignored = one is not None and one.state in (Stand.IGNORED, Stand.TOUCHED)
            if not ignored and quorum.stricter(decision.severity, None if one is None else one.holds):
                new[subject], because[subject] = decision.severity, decision.because
    forecast = _forecast(tx, new, because)
    return Forecast(
        blocks=forecast.blocks, limits=forecast.limits, others=forecast.others, overruled=overruled, cuts=forecast.cuts
    )


def _over(known: Blocklist | None, trust: Trust) -> Trust:
    """Return how a list is trusted that was trusted otherwise before."""
    before = {} if known is None else {name: getattr(known, name) for name in Trust.__struct_fields__}
    return Trust(**before | trust.said)


def _decisions(tx: Tx, entries: Sequence[Entry], trust: Trust, *, but: int | None) -> tuple[dict[str, Decision], int]:
    subjects = [entry.subject for entry in entries]
    votes, here = blocklist_entries.votes(tx, subjects, but=but), reckoning.ground(tx, subjects)
    judge = cache(partial(quorum.judge, terms=here.terms))  # of most a list says the same
    found: dict[str, Decision] = {}
    overruled = 0
    for entry in entries:
        if not is_person(entry.subject) and here.overrules(entry.subject):
            overruled += 1
            continue
        vote = blocklist_entries.cast_vote(
            entry,
            name=trust.name or "this list",
            weight=trust.weight or 1,
            ceiling=trust.ceiling or Severity.SUSPEND,
            automatic=bool(trust.automatic),
            since=tx.now,
        )
        decision = judge((*votes.get(entry.subject, ()), vote))
        if decision is not None:
            found[entry.subject] = decision
    return found, overruled


def _forecast(tx: Tx, severities: Mapping[str, Severity], because: Mapping[str, str] | None = None) -> Forecast:
    """Return what it comes to; ``because``: who says so, None: as it was found."""
    met, used = impacts.met(tx, severities), _used(tx, severities)
    names = {**met, **used}
    if because is None:
        because = {name: found.because for name, found in findings.several(tx, names).items()}
    cuts = [_cut(name, severities[name], because[name], met.get(name, ()), used.get(name, {})) for name in names]
    words = list(severities.values())
    return Forecast(
        blocks=words.count(Severity.SUSPEND),
        limits=words.count(Severity.SILENCE),
        others=words.count(Severity.NOOP),
        cuts=tuple(sorted(cuts, key=_weight)),
    )


def _used(tx: Tx, severities: Mapping[str, Severity]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what the owner uses that blocks would cut off, by the name that covers it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for what, address, where in ties.places(tx):
        name = next((name for name in chain(where) if severities.get(name) is Severity.SUSPEND), None)
        if name is not None:
            here = found.setdefault(name, {})
            here[what] = (*here.get(what, ()), address)
    return found


def _weight(cut: Cut) -> tuple[int, int, int, str]:
    return -len(cut.following), -len(cut.followers), -cut.posts, cut.subject


def _cut(
    name: str, severity: Severity, because: str, people: Collection[Met], used: Mapping[str, tuple[str, ...]]
) -> Cut:
    return Cut(
        subject=name,
        severity=severity,
        because=because,
        following=_handles(one for one in people if one.followed),
        followers=_handles(one for one in people if one.follows),
        requests=sum(one.requests for one in people),
        people=len(people),
        posts=sum(one.posts for one in people),
        below=len({host for one in people if (host := one.handle.rpartition("@")[2]).endswith(f".{name}")}),
        **used,
    )


def _handles(people: Iterable[Met]) -> tuple[str, ...]:
    return tuple(sorted(one.handle for one in people))
