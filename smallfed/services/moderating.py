"""Moderating: what whoever runs the house does about whole servers, and about people on them.

On a server of one that is the owner: what apps call suspending somebody is the owner's block, silencing is muting.

Spec: https://docs.joinmastodon.org/methods/admin/domain_blocks/, …/domain_allows/, …/accounts/#action; PROTOCOL §9.2.
"""

from typing import Any

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.domain_block import DomainAllow, DomainBlock, Severity
from smallfed.domain.events import DomainBlocked
from smallfed.domain.notification import SeveranceType
from smallfed.errors import Invalid
from smallfed.policy.domains import covered
from smallfed.services import blocking, muting
from smallfed.services.blocking import clean_domain
from smallfed.store import domain_allows, domain_blocks, houses, ids
from smallfed.store.tx import Tx


class Wish(Struct, frozen=True, kw_only=True):
    """What shall hold for a domain; None leaves it as it is, or as it usually is."""

    severity: Severity | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What is said beside the severity, by field."""
        names = ("reject_media", "reject_reports", "private_comment", "public_comment", "obfuscate")
        said = {name: getattr(self, name) for name in names}
        return {name: value for name, value in said.items() if value is not None}


# Servers --------------------------------------------------------------------------------------------------------------
def block(tx: Tx, domain: str, wish: Wish) -> DomainBlock:
    """Note what holds for ``domain`` from now on; Invalid for what is no domain, is ours, or is noted already."""
    domain = _foreign(tx, domain)
    if domain_blocks.of(tx, domain) is not None:
        raise Invalid("Validation failed: Domain has already been taken")
    number = ids.fresh(tx, "domain_blocks")
    severity = wish.severity or Severity.SILENCE  # as in Mastodon
    domain_blocks.note(
        tx, DomainBlock(id=number, domain=domain, severity=Severity.NOOP, created_at=tx.now, **wish.details)
    )
    _become(tx, domain_blocks.get(tx, number), severity)
    return domain_blocks.get(tx, number)


def change(tx: Tx, number: int, wish: Wish) -> DomainBlock:
    """Change what holds for a domain; NotFound."""
    known = domain_blocks.get(tx, number)
    if wish.details:
        domain_blocks.change(tx, number, **wish.details)
    if wish.severity is not None:
        _become(tx, known, wish.severity)
    return domain_blocks.get(tx, number)


def lift(tx: Tx, number: int) -> None:
    """Let nothing hold for a domain any more; NotFound."""
    known = domain_blocks.get(tx, number)
    _become(tx, known, Severity.NOOP)
    domain_blocks.forget(tx, number)


def _become(tx: Tx, known: DomainBlock, severity: Severity) -> None:
    """Cut a domain off, or let it be cut off no longer."""
    if severity is known.severity:
        return
    if severity is Severity.SUSPEND:
        blocking.block_domain(tx, known.domain, SeveranceType.HOUSE)
        return
    domain_blocks.change(tx, known.id, severity=severity)
    if known.severity is Severity.SUSPEND:
        tx.announce(DomainBlocked(domain=known.domain, lifted=True))


def allow(tx: Tx, domain: str) -> DomainAllow:
    """Note that the owner would federate with ``domain`` in any case; again, nothing happens."""
    domain = _foreign(tx, domain)
    known = domain_allows.find(tx, domain)
    if known is not None:
        return known
    made = DomainAllow(id=ids.fresh(tx, "domain_allows"), domain=domain, created_at=tx.now)
    domain_allows.put(tx, made)
    return made


def disallow(tx: Tx, number: int) -> None:
    """Forget such a note; NotFound."""
    domain_allows.drop(tx, domain_allows.get(tx, number).id)


def _foreign(tx: Tx, text: str) -> str:
    domain = clean_domain(text)
    if any(covered(name, {domain}) for name in houses.get(tx).names):
        raise Invalid(f"This server lives on {domain}.")
    return domain


# People ---------------------------------------------------------------------------------------------------------------
def act(tx: Tx, target: Account, action: str) -> None:
    """Do to somebody on another server what can be done here; Invalid says what cannot, and what can."""
    if target.local:
        raise Invalid("This is your own account. To leave for good there is `smallfed farewell`.")
    match action:
        case "none":
            pass
        case "suspend":
            blocking.block(tx, target)
        case "silence":
            muting.mute(tx, target)
        case "unsuspend":
            blocking.unblock(tx, target)
        case "unsilence":
            muting.unmute(tx, target)
        case _:
            raise Invalid(
                f"{action!r} cannot be done on a server of one person: there are none (to be done with a"
                " report), silence (which mutes) and suspend (which blocks)"
            )
