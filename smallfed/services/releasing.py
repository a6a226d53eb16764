"""Releasing: what was refused is looked at again, let in after all, or made a rule of; and why something never came.

What is released comes as if it had been sent now: a post is read at its origin again, anything else is what was
verified when it came. Rules do not refuse it a second time; blocks of servers do, until they are lifted. What was
turned away at the door was never verified: who is said to have sent it may have nothing to do with it.

Spec: issue of moderation, item 4.
"""

from datetime import datetime

from msgspec import Struct, json

from smallfed.domain.account import Account
from smallfed.domain.events import InboundQueued
from smallfed.domain.refusal import Path, Refusal
from smallfed.domain.rule import Action, Family, Rule
from smallfed.domain.uris import host
from smallfed.errors import Conflict, Invalid
from smallfed.services import legislating
from smallfed.store import (
    accounts,
    blocks,
    domain_blocks,
    houses,
    inbound,
    judgements,
    keeping,
    mutes,
    posts,
    refusals,
    tombstones,
)
from smallfed.store.inbound import Arriving
from smallfed.store.refusals import BRINGS_POST, Which
from smallfed.store.tx import Tx

SHOWN = 20  # lines of each kind


def release(tx: Tx, number: int) -> Refusal:
    """Let a thing in that was refused. NotFound; Conflict says what stands in the way."""
    line = refusals.get(tx, number)
    cut_by = domain_blocks.holding(tx, line.host) or domain_blocks.cutting(tx, line.actor)
    if cut_by is not None:
        raise Conflict(f"{line.host} is blocked: `smallfed unblock {cut_by}` first, or `smallfed allow {line.host}`")
    if line.path is Path.POST or line.type in BRINGS_POST:
        _read_again(tx, line)
    else:
        _handle_again(tx, line)
    refusals.release(tx, line.id)
    tx.announce(InboundQueued())
    return refusals.get(tx, line.id)


def _read_again(tx: Tx, line: Refusal) -> None:
    """Queue that somebody has posted something, of which only the id is said: it is read where it stands."""
    if not line.object:
        raise Conflict("only that it came is known, not what it was: look for it in an app, by its address")
    body = json.encode({"type": "Create", "actor": line.actor, "object": line.object})
    arriving = Arriving(
        actor=line.actor,
        activity=f"ledger:{line.id}",
        type="Create",
        host=line.host,
        order_key=line.object,
        personal=False,
        body=body,
    )
    inbound.put(tx, arriving)


def _handle_again(tx: Tx, line: Refusal) -> None:
    if line.path is Path.DOOR:
        raise Conflict("nothing of it was kept or verified at the door; only posts can be read again where they stand")
    row = inbound.find(tx, line.actor, line.activity)
    answer = None if row is None else keeping.again(tx, keeping.Which(id=row), limit=1)
    if answer is None or not answer.again:
        raise Conflict("what came is not kept any more (seven days, and nothing of blocked servers)")


def make_rule(tx: Tx, number: int, family: Family, action: Action, *, comment: str = "") -> Rule:
    """Make a rule about who sent something, or about their server; NotFound. Invalid for another family.

    Conflict where that somebody sent it is only what another server says.
    """
    line = refusals.get(tx, number)
    match family:
        case Family.ACTOR if line.path is Path.DOOR and not _names_its_own(line):
            raise Conflict(f"nobody has verified who sent it: make a rule by domain, which is {line.host}")
        case Family.ACTOR:
            account = accounts.find_uri(tx, line.actor)
            match_ = line.actor if account is None else f"@{account.handle}"
        case Family.DOMAIN:
            match_ = line.host
        case _:
            raise Invalid(f"a line of the ledger makes a rule by actor or domain, not by {family}")
    return legislating.make(tx, family, match_, action, comment=comment or f"from the ledger: {line.rule}")


def _names_its_own(line: Refusal) -> bool:
    """Whether a line of the door names somebody on the server that it is from, and not only that server."""
    return host(line.actor) == line.host and line.actor != f"https://{line.host}/"


# Why something never came ---------------------------------------------------------------------------------------------
class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is known about why something is not to be seen, or that it is; ``at``: since or when."""

    what: str
    why: str
    at: datetime | None = None


def why(tx: Tx, about: str) -> list[Finding]:
    """Return all that is known of an address, a handle or an id: what stands in its way, and what was refused.

    May look at all that is kept: for a thread.
    """
    found = posts.find_url(tx, about)
    account = accounts.find_url(tx, about) if "://" in about else _named(tx, about)
    if found is not None and account is None:
        account = accounts.find(tx, found.account_id)
    name = account.host if account is not None else host(about) or about.rpartition("@")[2].lower()
    ids = {about} | ({account.uri} if account is not None and found is None and host(about) is None else set())
    ids |= {account.uri} if account is not None and about in (account.uri, account.url) else set()
    return [
        *_of_server(tx, name),
        *(() if account is None else _of_person(tx, account.id)),
        *(() if found is None else _of_post(tx, found.id)),
        *_gone(tx, about, None if account is None else account.uri),
        *(finding for one in sorted(ids) for finding in _refused(tx, one)),
    ]


def _named(tx: Tx, about: str) -> Account | None:
    user, _, name = about.strip().removeprefix("@").partition("@")
    return accounts.find_handle(tx, user, name.lower()) if name else None


def _of_server(tx: Tx, name: str) -> list[Finding]:
    cut_by = domain_blocks.holding(tx, name)
    rows = [row for row in domain_blocks.covering(tx, name) if not row.holds_nothing]
    found = [
        Finding(what="server", why=f"{row.severity.value} of {row.domain} by {row.origin.value}", at=row.created_at)
        for row in rows
    ]
    overridden = any(row.cuts for row in rows) and cut_by is None
    return [*found, Finding(what="server", why=f"{name} is allowed all the same")] if overridden else found


def _of_person(tx: Tx, number: int) -> list[Finding]:
    account, owner = accounts.get(tx, number), houses.owner_id(tx)
    mute = mutes.find(tx, number)
    known = (
        (account.gone_at is not None, "their account is gone", account.gone_at),
        (account.suspended, "their own server has suspended them", None),
        (blocks.has(tx, owner, number), "you block them", None),
        (blocks.has(tx, number, owner), "they block you", None),
        (mute is not None, "you mute them", None),
    )
    return [Finding(what="person", why=f"@{account.handle}: {text}", at=at) for holds, text, at in known if holds]


def _of_post(tx: Tx, number: int) -> list[Finding]:
    stored = posts.get(tx, number)
    home = "and stood in your home timeline" if stored.in_home else "but not for your home timeline"
    here = Finding(what="post", why=f"it is here, {home}", at=stored.received_at)
    said = [
        Finding(what="rule", why=f"{one.action.value}: {one.reason} ({one.rule})") for one in judgements.of(tx, number)
    ]
    removed = [Finding(what="post", why="moderators of its group have removed it")] if stored.removed else []
    return [here, *removed, *said]


def _gone(tx: Tx, uri: str, actor: str | None) -> list[Finding]:
    if actor is None or not tombstones.has(tx, uri, actor):
        return []
    return [Finding(what="post", why="its author has deleted it")]


def _refused(tx: Tx, uri: str) -> list[Finding]:
    lines = refusals.newest(tx, Which(about=uri), limit=SHOWN)
    ledger = [
        Finding(
            what=f"ledger {one.id}",
            why=f"{one.type} {one.action.value}: {one.reason} ({one.rule})"
            + (f", {one.times} times" * (one.times > 1)),
            at=one.refused_at,
        )
        for one in lines
    ]
    kept = [
        Finding(what=f"{one.type} {one.state}", why=one.reason or "it waits", at=one.at)
        for one in keeping.about(tx, uri, limit=SHOWN)
    ]
    return [*ledger, *kept]
