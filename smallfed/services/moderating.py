"""Moderating: what whoever runs the house does about whole servers. What is done about people is ``acting``'s.

Spec: https://docs.joinmastodon.org/methods/admin/domain_blocks/, …/domain_allows/; PROTOCOL §9.2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, structs

from smallfed.domain.domain_block import DomainAllow, DomainBlock, Origin, Severity
from smallfed.domain.events import DomainBlocked, DomainDecided
from smallfed.domain.notification import SeveranceType
from smallfed.errors import Invalid, NotFound
from smallfed.policy.domains import EVERYBODY, chain
from smallfed.services import blocking, freezing, lifting
from smallfed.services.blocking import clean_pattern
from smallfed.store import domain_allows, domain_blocks, findings, ids
from smallfed.store.tx import Tx


class Wish(Struct, frozen=True, kw_only=True):
    """What shall hold for a domain; None leaves it as it is, or as it usually is."""

    severity: Severity | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    no_relay: bool | None = None
    mute: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What is said beside the severity, by field."""
        said = structs.asdict(self)
        return {name: value for name, value in said.items() if value is not None and name != "severity"}


# Servers --------------------------------------------------------------------------------------------------------------
def block(tx: Tx, domain: str, wish: Wish) -> DomainBlock:
    """Note what holds for ``domain`` from now on; Invalid for what is no domain, is ours, or is noted already.

    ``*.example.org`` means what is below example.org, and not itself.
    """
    domain = blocking.foreign(tx, domain, clean_pattern)
    if domain_blocks.of(tx, domain) is not None:
        raise Invalid("Validation failed: Domain has already been taken")
    return _begin(tx, domain, wish, wish.severity or Severity.SILENCE)  # as in Mastodon


def set_up(tx: Tx, domain: str, wish: Wish) -> DomainBlock:
    """Let ``wish`` hold for ``domain``, whether something was noted of it or not; as ``block`` otherwise."""
    domain = blocking.foreign(tx, domain, clean_pattern)
    known = domain_blocks.of(tx, domain)
    return change(tx, known.id, wish) if known is not None else _begin(tx, domain, wish, wish.severity or Severity.NOOP)


def _begin(tx: Tx, domain: str, wish: Wish, severity: Severity) -> DomainBlock:
    made = _made(tx, ids.fresh(tx, "domain_blocks"), domain, wish, severity, Origin.OWNER)
    domain_blocks.note(tx, made)
    if made.cuts:
        _settle(tx, domain, lifted=False)
    tx.announce(DomainDecided(domain=domain))
    return made


def _made(tx: Tx, number: int, domain: str, wish: Wish, severity: Severity, origin: Origin) -> DomainBlock:
    return DomainBlock(
        id=number,
        domain=domain,
        origin=origin,
        severity=severity,
        cut_at=tx.now if severity is Severity.SUSPEND else None,
        created_at=tx.now,
        **wish.details,
    )


def change(tx: Tx, number: int, wish: Wish) -> DomainBlock:
    """Change what holds for a domain; NotFound. What lists have brought about is the owner's from then on."""
    known = domain_blocks.get(tx, number)
    if known.origin is Origin.LISTS:
        domain_blocks.change(tx, number, origin=Origin.OWNER)
    if _alter(tx, known, wish):
        _settle(tx, known.domain, since=known.cut_at, lifted=known.cuts)
        _let_come(tx, [known.domain], known.cut_at)
    tx.announce(DomainDecided(domain=known.domain))
    return domain_blocks.get(tx, number)


def lift(tx: Tx, number: int) -> None:
    """Let nothing hold for a domain any more; NotFound. What a block had frozen and not ended, is back.

    What lists say of it is ignored from then on, if it was they who had brought it about.
    """
    known = domain_blocks.get(tx, number)
    domain_blocks.forget(tx, number)
    if known.origin is Origin.LISTS:
        findings.ignore(tx, known.domain)
    if known.cuts:
        _settle(tx, known.domain, since=known.cut_at, lifted=True)
        _let_come(tx, [known.domain], known.cut_at)
    tx.announce(DomainDecided(domain=known.domain))


def finish(tx: Tx, domain: str) -> int:
    """Make the owner's block of ``domain`` final; return how many follows ended. NotFound when it is not blocked."""
    return freezing.finish(tx, blocked(tx, domain))


def blocked(tx: Tx, domain: str) -> DomainBlock:
    """Return the owner's block of this very ``domain``; NotFound."""
    name = clean_pattern(domain)
    known = domain_blocks.of(tx, name)
    if known is None or not known.cuts:
        raise NotFound(f"You do not block {name}: `smallfed block {name}` first; what it freezes can then be ended.")
    return known


def noted(tx: Tx, domain: str) -> DomainBlock:
    """Return what holds for this very ``domain`` by the owner's word; NotFound says what else keeps it away."""
    name = clean_pattern(domain)
    known = domain_blocks.of(tx, name)
    if known is None:
        by_others = kept_away(tx, name)
        raise NotFound(by_others or f"Nothing holds for {name}: `smallfed block` lists what you have blocked.")
    return known


def kept_away(tx: Tx, domain: str, *, but: int = 0) -> str:
    """Return in words what keeps all of ``domain`` (as stored) away beside the row ``but``; "" for nothing."""
    by = domain_blocks.holding(tx, domain.removeprefix("*."), but=but)
    if by is None:
        return ""
    said = {
        EVERYBODY: "Only servers that you allow are let in",
        domain: f"Lists keep {domain} away: `smallfed lists show {domain}`",
    }
    why = said.get(by, f"{domain} is kept away by what holds for {by}")
    return f"{why}. To let it in all the same: `smallfed allow {domain}`."


def _alter(tx: Tx, known: DomainBlock, wish: Wish) -> bool:
    """Change what a row says; return whether a domain is cut off by it now, or no longer."""
    fields = dict(wish.details)
    severity = wish.severity or known.severity
    if severity is not known.severity:
        cut = tx.now if severity is Severity.SUSPEND else None
        fields |= {"severity": severity, "cut_at": cut, "final_at": None}
    if fields:
        domain_blocks.change(tx, known.id, **fields)
    return (severity is Severity.SUSPEND) is not known.cuts


def _settle(tx: Tx, domain: str, *, since: datetime | None = None, lifted: bool) -> None:
    freezing.settle(tx, domain, SeveranceType.HOUSE, since=since)
    tx.announce(DomainBlocked(domain=domain, lifted=lifted))


def _let_come(tx: Tx, domains: Iterable[str], since: datetime | None) -> None:
    """Ask for what was turned away by rows for these domains, of which one has held ``since``; None: none has."""
    if since is not None:
        lifting.plan(tx, domains, since)


def by_lists(tx: Tx, wishes: Mapping[str, Wish | None], where: str | None = EVERYBODY) -> None:
    """Let hold for many domains at once what lists say, None: nothing any more; the owner's own rows stay as they are.

    The names are as stored, and none covers where we live. What follows is done once, for all that is on the domain
    ``where`` or below it (``*``: everybody); None: it is left to a later call, which may only be where nobody on them
    follows the owner or is followed.
    """
    known = domain_blocks.by_lists(tx, wishes)
    cut = [one.cut_at for one in known.values() if one.cut_at is not None]
    domain_blocks.forget_all(tx, [one.id for domain, one in known.items() if wishes[domain] is None])
    new = [(domain, wish) for domain, wish in wishes.items() if wish is not None and domain not in known]
    domain_blocks.note_all(
        tx,
        (
            _made(tx, number, domain, wish, wish.severity or Severity.NOOP, Origin.LISTS)
            for number, (domain, wish) in zip(ids.several(tx, "domain_blocks", len(new)), new, strict=True)
        ),
    )
    for domain, one in known.items():
        if (wish := wishes[domain]) is not None:
            _alter(tx, one, wish)
    if where is not None:
        _settle(tx, where, since=min(cut, default=None), lifted=bool(cut))
    _let_come(tx, known, min(cut, default=None))


# Who is let in --------------------------------------------------------------------------------------------------------
def allow(tx: Tx, domain: str) -> DomainAllow:
    """Federate with ``domain`` and what is below it whatever lists or the mode of the house say; once.

    What the owner blocks stays blocked, unless what is allowed is nearer than what is blocked.
    """
    domain = blocking.foreign(tx, domain, clean_pattern)
    known = domain_allows.find(tx, domain)
    if known is not None:
        return known
    made = DomainAllow(id=ids.fresh(tx, "domain_allows"), domain=domain, created_at=tx.now)
    since = _cut_since(tx, domain)
    domain_allows.put(tx, made)
    _settle(tx, domain, since=since, lifted=True)
    _let_come(tx, chain(domain.removeprefix("*.")), since)
    tx.announce(DomainDecided(domain=domain))
    return made


def _cut_since(tx: Tx, domain: str) -> datetime | None:
    moments = [row.cut_at for row in domain_blocks.covering(tx, domain.removeprefix("*.")) if row.cut_at is not None]
    return min(moments, default=None)


def disallow(tx: Tx, number: int) -> None:
    """Let nothing speak for a domain any more; NotFound."""
    known = domain_allows.get(tx, number)
    domain_allows.drop(tx, known.id)
    _settle(tx, known.domain, lifted=False)
    tx.announce(DomainDecided(domain=known.domain))


def close(tx: Tx, *, closed: bool) -> bool:
    """Federate only with whom is allowed (``closed``), or with everybody; False when it is so already."""
    since = _cut_since(tx, EVERYBODY)
    if not domain_blocks.close(tx, closed=closed):
        return False
    _settle(tx, EVERYBODY, since=since, lifted=not closed)
    _let_come(tx, [EVERYBODY], since)
    tx.announce(DomainDecided(domain=EVERYBODY))
    return True
