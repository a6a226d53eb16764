"""Winnowing: what of what relays bring is wanted, looked at as it comes, and again when it was read at its origin.

A relay is believed in nothing. A post is read where it stands, unless it carries a fresh proof of its author; changes
and deletions of what is here go the way of everything that somebody hands over. What is kept is a post like others.

Spec: FEP-ae0c; PROTOCOL §7; SAFETY rules 9, 13, §5.
"""

from msgspec import Struct

from smallfed.domain.account import Account
from smallfed.domain.events import InboundQueued
from smallfed.domain.incoming import (
    Announce,
    Arrival,
    Create,
    Delete,
    Handed,
    Incoming,
    IncomingPost,
    Mentioned,
    Move,
    NotUnderstood,
    UpdateAccount,
    UpdatePost,
)
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.relay import Relay
from smallfed.domain.uris import host, web
from smallfed.policy import relaying
from smallfed.protocol.envelope import open_envelope
from smallfed.services import concerning, judging, receiving
from smallfed.services.receiving import Coming
from smallfed.store import accounts, blocks, domain_blocks, follows, houses, inbound, posts, relayed, tombstones
from smallfed.store.inbound import Arriving
from smallfed.store.tx import Tx

KNOWN = Refused("is here already")
NOT_TAKEN = Refused("is nothing that is taken from relays")


class Wanted(Struct, frozen=True, kw_only=True):
    """A post that is to be read at ``host``."""

    uri: str
    host: str


class PassedOn(Struct, frozen=True, kw_only=True):
    """Something that is here has changed, or is gone, says a relay: it is queued, to be looked into."""


Winnowed = Wanted | PassedOn | Refused


def winnow(tx: Tx, relay: Relay, incoming: Incoming, body: bytes) -> Winnowed:
    """Decide what becomes of one activity, by what is seen of it at once."""
    said = incoming.activity if isinstance(incoming, Handed) else incoming
    match said:
        case Announce(actor=actor, object=uri) if actor == relay.actor:
            return _post(tx, relay, uri, None)
        case Create(post=post):
            return Refused("is a vote") if post.vote else _post(tx, relay, post.uri, post)
        case Mentioned(object=uri, update=False):
            return _post(tx, relay, uri, None)
        case UpdatePost() | Mentioned() | Delete() | UpdateAccount() | Move():
            return _pass_on(tx, relay, said, body)
        case NotUnderstood():
            return Refused("is not understood")
        case _:
            return NOT_TAKEN


def _pass_on(tx: Tx, relay: Relay, said: Incoming, body: bytes) -> PassedOn | Refused:
    """Let a change of what is here be looked into as if anybody had handed it over."""
    if isinstance(said, Move) and not _is_followed(tx, said.actor):
        return Refused("changes nothing here")
    if said.actor == relay.actor or concerning.idle(tx, said) is not None:
        return Refused("changes nothing here")
    if isinstance(said, UpdatePost | Mentioned) and not _is_here(tx, said):
        return Refused("changes nothing here")
    envelope = open_envelope(body)
    arriving = Arriving(
        actor=relay.actor or "",
        activity=envelope.id or said.id or "",
        type=envelope.type,
        host=host(relay.actor) or relay.host,
        order_key=envelope.order_key,
        personal=False,
        body=body,
    )
    if not arriving.activity or not inbound.put(tx, arriving):
        return KNOWN
    tx.announce(InboundQueued())
    return PassedOn()


def _is_here(tx: Tx, said: UpdatePost | Mentioned) -> bool:
    return posts.find_uri(tx, said.post.uri if isinstance(said, UpdatePost) else said.object) is not None


def _is_followed(tx: Tx, actor: str) -> bool:
    account = accounts.find_uri(tx, actor)
    return account is not None and follows.has(tx, houses.owner_id(tx), account.id)


# Posts ----------------------------------------------------------------------------------------------------------------
def _post(tx: Tx, relay: Relay, uri: str, post: IncomingPost | None) -> Wanted | Refused:
    name = host(uri)
    if web(uri) is None or name is None:
        return Refused("has no id that could be asked for")
    if name in houses.get(tx).names:
        return Refused("is the owner's own")
    if posts.find_uri(tx, uri) is not None or relayed.is_awaited(tx, uri):
        return KNOWN
    author = None if post is None else accounts.find_uri(tx, post.author)
    refused = (
        _by_host(tx, name)
        or _by_author(tx, uri, post, author)
        or _by_filters(relay, post, author)
        or _by_rules(tx, relay, post)
    )
    if refused is not None:
        return refused
    if post is not None and not relaying.is_open(post):
        return Refused("is not for everybody")
    return Wanted(uri=uri, host=name)


def _by_host(tx: Tx, name: str) -> Refused | None:
    if domain_blocks.covers(tx, name):
        return Refused("is from a blocked server")
    if domain_blocks.takes_no_relay(tx, name):
        return Refused("is from a server of which nothing relayed is taken")
    return None


def _by_author(tx: Tx, uri: str, post: IncomingPost | None, author: Account | None) -> Refused | None:
    if post is None:
        return None
    if tombstones.has(tx, uri, post.author):
        return Refused("was deleted already")
    if author is None:
        return None
    owner = houses.owner_id(tx)
    if blocks.has(tx, owner, author.id):
        return Refused("is by somebody who is blocked")
    if follows.has(tx, owner, author.id):
        return Refused("is by somebody whom the owner follows, who sends it anyway")
    return None


def _by_filters(relay: Relay, post: IncomingPost | None, author: Account | None) -> Refused | None:
    reason = relaying.unwanted(relay.filters, relaying.facts(post, author))
    return None if reason is None else Refused(f"filter: {reason}")


def _by_rules(tx: Tx, relay: Relay, post: IncomingPost | None) -> Refused | None:
    """Ask the rules about who speaks, before anything is fetched; about what is said they are asked when it is kept."""
    if post is None:
        return None
    create = Create(id=None, actor=post.author, post=post)
    arrival = Arrival(actor=post.author, personal=False, received_at=tx.now, handed_by=relay.actor, relay=relay.host)
    refused = judging.activity(tx, create, arrival)
    return None if refused is None else Refused(f"rule: {refused.reason}")


def keep(tx: Tx, relay: Relay, post: IncomingPost) -> Post | Need | Refused:
    """Store a post that was read at its origin, or proven, if it is wanted now that all about it is known."""
    if posts.find_uri(tx, post.uri) is not None:
        return KNOWN
    author = accounts.find_uri(tx, post.author)
    if author is None or author.gone_at is not None:
        return Need(post.author)
    refused = (
        _by_host(tx, author.host)
        or _by_host(tx, host(post.uri) or "")
        or _by_author(tx, post.uri, post, author)
        or _by_filters(relay, post, author)
    )
    if refused is not None:
        return refused
    stored = receiving.receive(tx, post, Coming(fresh=False, relay=relay.host))
    if isinstance(stored, Post):
        relayed.keep(tx, stored.id, relay.id)
    return stored
