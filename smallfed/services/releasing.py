"""Releasing: what was refused is looked at again, let in after all, or made a rule of.

What is released comes as if it had been sent now: a post is read at its origin again, anything else is what was
verified when it came. Rules do not refuse it a second time; blocks of servers do, until they are lifted. What was
turned away at the door was never verified: who is said to have sent it may have nothing to do with it. What was refused
there before anybody was believed was only counted: there is nothing to let in.
"""

from msgspec import json

from smallfed.domain.events import InboundQueued
from smallfed.domain.refusal import Path, Refusal
from smallfed.domain.rule import Action, Family, Rule
from smallfed.domain.uris import host
from smallfed.errors import Conflict, Invalid
from smallfed.services import legislating
from smallfed.store import accounts, blocks, domain_blocks, houses, inbound, keeping, refusals
from smallfed.store.inbound import Arriving
from smallfed.store.moments import ms
from smallfed.store.refusals import BRINGS_POST
from smallfed.store.tx import Tx


def release(tx: Tx, number: int) -> Refusal:
    """Let a thing in that was refused. NotFound; Conflict says what stands in the way."""
    line = refusals.get(tx, number)
    if line.path is Path.KNOCK:
        raise Conflict(
            "nothing of it was kept, and nobody knows who sent it: it was only counted. Whoever it was has to send it"
            f" again; why it was refused: {line.reason}"
        )
    cut_by = domain_blocks.holding(tx, line.host) or domain_blocks.cutting(tx, line.actor)
    if cut_by is not None:
        raise Conflict(f"{line.host} is blocked: `smallfed unblock {cut_by}` first, or `smallfed allow {line.host}`")
    sender = accounts.find_uri(tx, line.actor)
    if sender is not None and blocks.has(tx, houses.owner_id(tx), sender.id):
        raise Conflict(f"you block them: `smallfed unblock @{sender.handle}` first")
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
        activity=f"ledger:{line.id}:{ms(tx.now)}",  # each time anew
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
    if line.path is Path.KNOCK:
        raise Conflict(
            "nobody has proven to be of the server that is named there, so the line makes no rule. If you mean that"
            " server all the same: `smallfed rules add domain HOST ACTION`"
        )
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
