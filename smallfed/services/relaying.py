"""Relaying: which relays the owner has, what they are asked, and how they answer. What they bring is ``winnowing``'s.

Spec: FEP-ae0c; PROTOCOL §7; SAFETY rule 11.
"""

import re

from msgspec import structs

from smallfed.domain.events import FetchQueued, RelayAsked, RelayFollows, RelayLeft, RelaysChanged
from smallfed.domain.house import House
from smallfed.domain.incoming import Accept, Follow, FollowReference, Reject, Undo
from smallfed.domain.relay import Caps, Direction, Filters, Relay, State, Style
from smallfed.domain.uris import host, spelt, web
from smallfed.errors import Conflict, Forbidden, Invalid, NotFound
from smallfed.policy import relaying
from smallfed.services import billing, departing
from smallfed.store import deliveries, domain_blocks, fetches, houses, ids, relayed, relays
from smallfed.store.tx import Tx
from smallfed.text.scan import normal_tag

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


# What the owner wants -------------------------------------------------------------------------------------------------
def add(tx: Tx, address: str, *, style: Style | None = None, direction: Direction | None = None) -> Relay:
    """Ask the relay at ``address`` to pass posts on; one that refused, or could not be asked, is asked anew.

    Where ``style`` is not said, or a relay has to be looked at before it can be asked, that is done soon. Invalid,
    Forbidden, or Conflict where it is asked already.
    """
    departing.require_here(tx)
    address = _understood(tx, address)
    known = relays.find_address(tx, address)
    if known is not None and not billing.may_be_asked(tx, known):
        raise Conflict(f"{address} is a relay of yours already: `smallfed relays show {address}`")
    relay = _new(tx, address, style, direction) if known is None else _anew(tx, known, style, direction)
    if style is Style.MASTODON:
        _ask(tx, relay, style=style, inbox=address, actor=None)
    else:
        fetches.put(tx, address, kind="relay")
        tx.announce(FetchQueued())
        tx.announce(RelaysChanged())
    return relays.get(tx, relay.id)


def _new(tx: Tx, address: str, style: Style | None, direction: Direction | None) -> Relay:
    number = ids.fresh(tx, "relays")
    relay = Relay(
        id=number,
        address=address,
        host=host(address) or "",
        style=style,
        direction=relaying.direction_of(address, direction),
        follow=houses.get(tx).thing("relays", number),
        created_at=tx.now,
    )
    relays.put(tx, relay)
    return relay


def _anew(tx: Tx, known: Relay, style: Style | None, direction: Direction | None) -> Relay:
    """Let a relay be asked by another Follow. What is wanted of it stays, and its bill goes on."""
    relays.change(
        tx,
        known.id,
        style=style,
        inbox=None,
        actor=None,
        direction=direction or known.direction,
        state=State.NEW,
        reason="",
        follow=houses.get(tx).thing("relays", ids.fresh(tx, "relays")),
        their_follow=None,
        created_at=tx.now,
        answered_at=None,
    )
    return relays.get(tx, known.id)


def _understood(tx: Tx, text: str) -> str:
    house, address = houses.get(tx), spelt(text.strip())
    name = host(address)
    if web(address) is None or name is None or not (address.startswith("https://") or house.trial):
        raise Invalid(f"{text!r} is no relay: give its inbox (https://relay.example/inbox) or its actor (…/actor)")
    if name in house.names:
        raise Invalid("that is this server itself")
    if domain_blocks.covers(tx, name):
        raise Forbidden(f"{name} is blocked: `smallfed unblock` it first")
    return address


def named(tx: Tx, text: str) -> Relay:
    """Return the relay with this address, or on this host; NotFound, Invalid where there are several."""
    found = relays.find_address(tx, spelt(text.strip()))
    on_host = [relay for relay in relays.every(tx) if relay.host == text.strip().lower()]
    if found is None and len(on_host) == 1:
        return on_host[0]
    if found is None and on_host:
        raise Invalid(f"which of them: {' or '.join(relay.address for relay in on_host)}?")
    if found is None:
        raise NotFound(f"there is no relay {text!r}; `smallfed relays` lists them")
    return found


def remove(tx: Tx, relay: Relay) -> None:
    """Be done with a relay; it is told, if it was asked. What it brought stays for its time."""
    relays.drop(tx, relay.id)
    billing.say(tx)
    if relay.style is not None and relay.inbox is not None and relay.state in (State.PENDING, State.ACCEPTED):
        left = RelayLeft(follow=relay.follow, style=relay.style, inbox=relay.inbox, actor=relay.actor)
        tx.announce(left)
    else:
        tx.announce(RelaysChanged())


def pause(tx: Tx, relay: Relay, *, paused: bool) -> None:
    """Take nothing from a relay for now and send it nothing, or go on; it is not told."""
    relays.change(tx, relay.id, paused=paused)
    if paused:
        relayed.clear(tx, relay.id)
    tx.announce(RelaysChanged())


def want(
    tx: Tx,
    relay: Relay,
    *,
    filters: Filters | None = None,
    caps: Caps | None = None,
    direction: Direction | None = None,
) -> None:
    """Change what of a relay is wanted, how much of it, or what it is for; what is None stays. Invalid."""
    if caps is not None and min(structs.astuple(caps)) < 0:
        raise Invalid("a cap is 0 or more")
    meant = None if filters is None else _spelt(filters)
    wanted = {"filters": meant, "caps": caps, "direction": direction}
    changed = {name: value for name, value in wanted.items() if value is not None}
    if changed:
        relays.change(tx, relay.id, **changed)
        tx.announce(RelaysChanged())


def _spelt(filters: Filters) -> Filters:
    """Return filters with hashtags as they are compared."""
    tags, without = tuple(map(normal_tag, filters.tags)), tuple(map(normal_tag, filters.without_tags))
    for tag in (*tags, *without):
        if not any(map(str.isalnum, tag)) or not set(tag).isdisjoint("#, \t\n"):
            raise Invalid(f"{tag[:100]!r} is no hashtag: give names like `cats`, each by itself")
    for language in filters.languages:
        if not _LANGUAGE.fullmatch(language):
            raise Invalid(f"{language[:100]!r} is no language: give codes like `en` or `pt-BR`")
    return structs.replace(filters, tags=tags, without_tags=without)


# What was found out ---------------------------------------------------------------------------------------------------
def found(tx: Tx, address: str, *, actor: str | None, inbox: str | None) -> None:
    """Ask a relay of which it is known by now who is at its ``address``: an actor with its inbox, or nobody."""
    relay = relays.find_address(tx, address)
    if relay is None or relay.state is not State.NEW:
        return
    style = relay.style or relaying.style_of(address, actor=actor, inbox=inbox)
    if style is Style.LITEPUB and (actor is None or inbox is None):
        lost(tx, address, "There is no actor at its address.")
        return
    is_inbox = style is Style.MASTODON and inbox != address
    _ask(tx, relay, style=style, inbox=address if is_inbox else inbox, actor=None if is_inbox else actor)


def lost(tx: Tx, address: str, reason: str) -> None:
    """Note that a relay cannot be asked."""
    relay = relays.find_address(tx, address)
    if relay is not None and relay.state is State.NEW:
        relays.change(tx, relay.id, state=State.LOST, reason=reason)
        tx.announce(RelaysChanged())


def _ask(tx: Tx, relay: Relay, *, style: Style, inbox: str | None, actor: str | None) -> None:
    deliveries.is_back(tx, inbox or "")
    relays.change(tx, relay.id, style=style, inbox=inbox, actor=actor, state=State.PENDING)
    tx.announce(RelayAsked(relay=relay.id))


# What relays say ------------------------------------------------------------------------------------------------------
def answered(tx: Tx, answer: Accept | Reject) -> bool:
    """Believe a relay that it passes posts on, or does not (any more); False where no relay of the owner's says so."""
    relay = _asked(tx, answer.actor, answer.follow)
    if relay is None:
        return False
    if isinstance(answer, Accept):
        deliveries.is_back(tx, relay.inbox or "")
        relays.change(
            tx,
            relay.id,
            state=State.ACCEPTED,
            reason="",
            actor=answer.actor,
            answered_at=relay.answered_at if relay.state is State.ACCEPTED else tx.now,
        )
    else:
        relays.change(tx, relay.id, state=State.REFUSED, reason=f"{answer.actor} refuses.", answered_at=tx.now)
        relayed.clear(tx, relay.id)
    tx.announce(RelaysChanged())
    return True


def _asked(tx: Tx, actor: str, reference: FollowReference) -> Relay | None:
    """Return the relay that an answer is about, if ``actor`` may speak for it: the id decides.

    Some give our Follow back under another id: then who follows whom must be right.
    """
    house = houses.get(tx)
    known = None if reference.id is None else relays.find_follow(tx, reference.id)
    if known is None and reference.actor in (house.instance_actor, house.relay_actor):
        meant = [r for r in relays.every(tx) if _speaks_for(r, actor) and _follower(house, r) == reference.actor]
        known = meant[0] if len(meant) == 1 else None
    return known if known is not None and _speaks_for(known, actor) and known.state is not State.NEW else None


def _follower(house: House, relay: Relay) -> str:
    return house.relay_actor if relay.style is Style.LITEPUB else house.instance_actor


def _speaks_for(relay: Relay, actor: str) -> bool:
    """Whether an actor may answer for a relay: the one that was asked; where only an inbox was, any on its host."""
    if relay.style is Style.LITEPUB or (relay.actor is not None and relay.state is State.ACCEPTED):
        return relay.actor == actor
    return relay.inbox is not None and host(relay.inbox) == host(actor)


def followed(tx: Tx, follow: Follow) -> bool:
    """Let a relay of the owner's follow one of the server's actors; False where no relay of the owner's asks."""
    house = houses.get(tx)
    if follow.object not in (house.instance_actor, house.relay_actor):
        return False
    theirs = [r for r in relays.every(tx) if _speaks_for(r, follow.actor) and r.state is not State.REFUSED]
    if not theirs:
        return False
    uri = follow.id or f"{follow.actor}#follows/{theirs[0].id}"
    relays.change(tx, theirs[0].id, their_follow=uri)
    tx.announce(RelayFollows(relay=theirs[0].id, uri=uri, object=follow.object))
    return True


def unfollowed(tx: Tx, undo: Undo) -> bool:
    """Note that a relay does not follow any more; False where it is something else that is undone."""
    theirs = [r for r in relays.of_actor(tx, undo.actor) if r.their_follow is not None]
    for relay in theirs:
        if undo.undone == relay.their_follow or undo.kind == "Follow":
            relays.change(tx, relay.id, their_follow=None)
            tx.announce(RelaysChanged())
            return True
    return False
