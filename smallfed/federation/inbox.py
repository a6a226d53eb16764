"""The inbox: verified, written down, and only then answered 202.

Spec: ActivityPub §7 (delivery); PROTOCOL §§2.2–2.4, 4.1; SAFETY rules 1–5, 24, 27, 28, 38; RULINGS 10, 17, 26.

Order: limits → envelope → cheap drop → signature → authority → one row → 202. What it means is found out later.
"""

import logging
from hashlib import sha256
from urllib.parse import urlsplit

from smallfed.domain.events import InboundQueued
from smallfed.errors import Forbidden, Invalid, Malformed, TooMany, Unauthenticated, Unavailable
from smallfed.federation.budget import Budget
from smallfed.federation.exchange import Reply, Request, read_body, refusal
from smallfed.observe.logging import event
from smallfed.policy.domains import covered
from smallfed.protocol.envelope import Envelope, open_envelope
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.message import Message
from smallfed.store import accounts, domain_blocks, hosts, inbound
from smallfed.store.inbound import Arriving
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

ACCEPTED = Reply(status=202, body=b"{}")
MEDIA_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})
WAITING_LIMIT = 50_000


class Inbox:
    """Takes activities in. One for the shared inbox and the personal one alike."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._budget = Budget(parts.clock, enabled=parts.config.limits.rate)
        self._blocked: frozenset[str] = frozenset()

    async def shared(self, request: Request) -> Reply:
        """Answer a POST to the shared inbox, or to that of the instance actor."""
        return await self._receive(request, personal=False)

    async def personal(self, request: Request) -> Reply:
        """Answer a POST to the owner's own inbox."""
        return await self._receive(request, personal=True)

    async def _receive(self, request: Request, *, personal: bool) -> Reply:
        house = self._parts.identity.here
        if refused := _unacceptable(request):
            return refused
        signed = any(name in ("signature", "authorization") for name, _ in request.headers)
        body = await read_body(request)
        envelope = open_envelope(body)
        if envelope.is_delete_of_actor and not await self._parts.db.read(_known, envelope.actor):
            return ACCEPTED  # floods of Deletes of people we never met cost nothing more than this
        if not signed:
            raise Unauthenticated("The request is not signed: it has no Signature header.")
        message = Message(
            method=request.method,
            authority=request.header("host") or "",
            target=request.target,
            headers=request.headers,
            scheme=house.scheme,
            body=body,
        )
        actor = await self._verified(message, envelope)
        await self._put(envelope, actor, body, personal=personal)
        return ACCEPTED

    async def _verified(self, message: Message, envelope: Envelope) -> str:
        """Return the actor that truly sent the message; Unauthenticated, Forbidden or Unavailable otherwise."""
        parts = self._parts
        claims = verifying.admit(message, now=parts.clock.now(), hosts=parts.identity.here.names)
        reason = "The signature is not that of the key it names."
        for claim in claims:
            host = (urlsplit(claim.key_id).netloc or claim.key_id).lower()
            self._allow(host)
            owner, key = await parts.fetcher.key(claim.key_id)
            if not verifying.check(claim, message, key):
                owner, key = await parts.fetcher.refreshed_key(claim.key_id)
                if not verifying.check(claim, message, key):
                    continue
            if owner == envelope.actor and _same_host(envelope.id, owner):
                return owner
            reason = f"The key belongs to {owner!r}, which cannot speak for this activity."
        raise Unauthenticated(reason, detail=f"actor {envelope.actor!r} id {envelope.id!r}")

    def _allow(self, host: str) -> None:
        """Refuse hosts that are blocked or that ask too often."""
        if covered(host, self._blocked):
            raise Forbidden("This server does not talk to yours.")
        wait = self._budget.take(host)
        if wait > 0:
            raise TooMany("Too many activities at once; send the rest later.", retry_after=wait)

    async def _put(self, envelope: Envelope, actor: str, body: bytes, *, personal: bool) -> None:
        arriving = Arriving(
            actor=actor,
            activity=envelope.id or f"sha256:{sha256(body).hexdigest()}",
            type=envelope.type,
            host=urlsplit(actor).netloc.lower(),
            order_key=envelope.order_key,
            personal=personal,
            body=body,
        )
        fresh = await self._parts.db.write(_put, arriving)
        if fresh:
            self._parts.inbound.ring()
        event(log, "accepted", level=logging.DEBUG, type=envelope.type, actor=actor, fresh=fresh)

    async def refresh_blocks(self) -> None:
        """Read again which domains are blocked."""
        self._blocked = frozenset(await self._parts.db.read(domain_blocks.domains))


def _known(tx: Tx, actor: str) -> bool:
    return accounts.find_uri(tx, actor) is not None


def _put(tx: Tx, arriving: Arriving) -> bool:
    if inbound.crowded(tx, arriving.host, limit=WAITING_LIMIT):
        raise Unavailable("The inbox is full; send this again later.", retry_after=600)
    hosts.seen(tx, arriving.host)
    fresh = inbound.put(tx, arriving)
    if fresh:
        tx.announce(InboundQueued())
    return fresh


def _unacceptable(request: Request) -> Reply | None:
    if request.header("content-encoding") not in (None, "", "identity"):
        return refusal(415, "send the body without Content-Encoding", ("connection", "close"))
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        return refusal(415, "send application/activity+json", ("connection", "close"))
    length = request.header("content-length")
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 20):
        raise Malformed("Content-Length is not a number")
    return None


def _same_host(activity: str | None, actor: str) -> bool:
    """Whether the id of an activity, if it has one, is on the host of its actor."""
    if activity is None:
        return True
    try:
        return urlsplit(activity).netloc.lower() == urlsplit(actor).netloc.lower()
    except ValueError as error:
        raise Invalid("The id of the activity is not a URL.") from error
