"""Blocking: keeping people and whole servers away, and being kept away.

Spec: PROTOCOL §9.4 (Block), §9.2 (domains); SAFETY rule 20.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address

import idna

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Origin
from smallfed.domain.events import AccountBlocked, AccountUnblocked, DomainBlocked, DomainDecided, FollowDenied
from smallfed.domain.notification import SeveranceType
from smallfed.domain.refused import Refused
from smallfed.domain.uris import bare
from smallfed.errors import Forbidden, Invalid
from smallfed.policy.domains import covered
from smallfed.services import admitting, collapsing, consenting, following, freezing, lifting
from smallfed.store import (
    blocks,
    domain_blocks,
    findings,
    followed_tags,
    follows,
    houses,
    ids,
    notification_requests,
    notifications,
    tombstones,
    wave_items,
)
from smallfed.store.tx import Tx

LONGEST = 253  # characters of a domain
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ENDS = re.compile(r"[/?#]")
_RANGE = re.compile(r"[0-9.]+/[0-9.]+|[0-9a-fA-F]*:[0-9a-fA-F:.]*/[0-9]+")


def block(tx: Tx, target: Account) -> None:
    """Block ``target``: no follow in either direction is left, nor what they were allowed, and they are told.

    Again, nothing happens.
    """
    owner = houses.owner_id(tx)
    if target.local:
        raise Forbidden("You cannot block yourself.")
    if blocks.has(tx, owner, target.id):
        return
    admitting.remove_follower(tx, target)
    following.unfollow(tx, target)
    consenting.revoke_all(tx, target)
    uri = houses.get(tx).thing("blocks", ids.fresh(tx, "blocks"))
    blocks.put(tx, owner, target.id, uri)
    notifications.drop_of(tx, target.id)
    notification_requests.forbid(tx, target.id)
    wave_items.forget_account(tx, target.id, lift=False)
    collapsing.say(tx)
    tx.announce(AccountBlocked(target=target.id, uri=uri))


def unblock(tx: Tx, target: Account) -> None:
    """Block ``target`` no longer, and ask for what they sent meanwhile; nothing happens when they are not blocked."""
    uri = blocks.drop(tx, houses.owner_id(tx), target.id)
    if uri is not None:
        tx.announce(AccountUnblocked(target=target.id, uri=uri))
        lifting.plan_person(tx, target)


def blocked_by(tx: Tx, account: Account, *, uri: str | None) -> Refused | None:
    """Note that ``account`` blocks the owner: nobody follows anybody any more, and the owner is not told."""
    owner = houses.owner_id(tx)
    if account.local:
        return Refused("The owner cannot block the owner.")
    if tombstones.swallow(tx, account.uri, uri):
        return Refused("It was undone before it came.")
    blocks.put(tx, account.id, owner, uri or f"{account.uri}#blocks/{owner}")
    notifications.drop_of(tx, account.id)
    admitting.lose(tx, account)
    known = follows.find(tx, owner, account.id)
    if known is not None:
        follows.drop(tx, known.id)
        followed_tags.leave_home(tx, account.id)
        tx.announce(FollowDenied(target=account.id))
    return None


def unblocked_by(tx: Tx, account: Account) -> bool:
    """Note that ``account`` blocks the owner no longer; False when they did not."""
    return blocks.drop(tx, account.id, houses.owner_id(tx)) is not None


# Domains --------------------------------------------------------------------------------------------------------------
def block_domain(tx: Tx, domain: str, type_: SeveranceType = SeveranceType.OWNER) -> None:
    """Block ``domain`` with all that is below it. Invalid for what is no domain, or where we live.

    Follows with people there are frozen, and what is stored of them is hidden, until the block is lifted or made final
    (``freezing``): they hear nothing of it. What waited for them is dropped. ``type_`` is how the owner reads of it.
    """
    domain = foreign(tx, domain, clean_domain)
    if domain_blocks.put(tx, domain):
        freezing.settle(tx, domain, type_)
        collapsing.say(tx)
        tx.announce(DomainBlocked(domain=domain, lifted=False))
        tx.announce(DomainDecided(domain=domain))


def unblock_domain(tx: Tx, domain: str) -> None:
    """Lift the block of ``domain``, the owner's or that of lists; nothing happens when this very domain is not blocked.

    Lists of others are not heeded about it from then on.
    """
    domain = clean_domain(domain)
    rows = [domain_blocks.of(tx, domain, origin) for origin in (Origin.OWNER, Origin.LISTS)]
    known = next((row for row in rows if row is not None and row.cuts), None)
    if known is not None:
        domain_blocks.forget(tx, known.id)
        if known.origin is Origin.LISTS:
            findings.ignore(tx, domain)
        freezing.settle(tx, domain, SeveranceType.OWNER, since=known.cut_at)
        lifting.plan(tx, [domain], known.cut_at or tx.now)
        collapsing.say(tx)
        tx.announce(DomainBlocked(domain=domain, lifted=True))
        tx.announce(DomainDecided(domain=domain))


def foreign(tx: Tx, text: str, clean: Callable[[str], str]) -> str:
    """Return a domain as ``clean`` makes it; Invalid for one that covers where we live, or is a top-level domain."""
    domain = clean(text)
    if any(covered(name, {domain}) for name in houses.get(tx).names):
        raise Invalid(f"This server lives on {domain}: it cannot be kept away, and need not be let in.")
    top = domain.removeprefix("*.")
    if "." not in top and not _is_address(top):
        raise Invalid(
            f"{top} is a whole top-level domain: name a server, such as example.{top}. Against all of it there are"
            f" rules: `smallfed rules add domain {top} reject`"
        )
    return domain


def clean_pattern(text: str) -> str:
    """Return a domain as ``clean_domain``, but keep a leading ``*.``, which means only what is below it."""
    domain = clean_domain(text)
    if not text.strip().startswith("*."):
        return domain
    if _is_address(domain):
        raise Invalid(f"nothing is below {domain}, which is an address: leave the `*.` away")
    return f"*.{domain}"


def clean_domain(text: str) -> str:
    """Return a domain, or an address, in the form it is stored, lower case and ASCII; Invalid when ``text`` is none.

    A scheme, a port, a path, a leading ``@`` or ``*.`` are taken off: people paste what they have. An IPv6 address is
    put into brackets, as in URLs.
    """
    if text.strip() in ("*", "*."):
        raise Invalid(
            "'*' is not a domain but everybody: name a server. Who is let in at all is said by `[federation] mode`"
        )
    if _RANGE.fullmatch(text.strip()):
        raise Invalid(f"{text.strip()} is a range of addresses; servers go by one address, or by their domain")
    name = _ENDS.split(text.strip().rpartition("://")[2], maxsplit=1)[0].rpartition("@")[2].removeprefix("*.")
    domain = _address(name) or _address(bare(name)) or bare(name).rstrip(".").lower()
    if _is_address(domain):
        return domain
    try:
        domain = domain if domain.isascii() or len(domain) > LONGEST else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        domain = ""
    if len(domain) > LONGEST or not _LABELS.fullmatch(domain) or domain.rpartition(".")[2].isdigit():
        shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        raise Invalid(f"{shown!r} is not a domain; it should look like example.org")
    return domain


def _address(text: str) -> str | None:
    """Return an address of the network as URLs have it, or None for what is none."""
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    if "%" in text:
        return None  # it means something on one machine only
    return str(found) if isinstance(found, IPv4Address) else f"[{found}]"


def _is_address(domain: str) -> bool:
    return _address(domain) == domain
