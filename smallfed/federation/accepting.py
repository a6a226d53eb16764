"""Accepting: what was proven at the inbox is a row before it is answered.

Spec: SAFETY rule 38; RULINGS 10, 17, 26.
"""

import logging
from hashlib import sha256

from msgspec import Struct, structs

from smallfed.domain import uris
from smallfed.domain.events import InboundQueued
from smallfed.errors import Unavailable
from smallfed.observe.counting import STORED
from smallfed.observe.logging import event
from smallfed.protocol import quirks
from smallfed.protocol.envelope import Envelope
from smallfed.protocol.signatures.signing import Scheme
from smallfed.protocol.synchronising import Synchronization
from smallfed.services import synchronising
from smallfed.store import hosts, inbound
from smallfed.store.inbound import Arriving
from smallfed.store.tx import Tx
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

WAITING_LIMIT = 50_000


class Signed(Struct, frozen=True, kw_only=True):
    """How something was sent: by whom, signed by which scheme, to the owner's own inbox (``personal``) or not.

    ``said``: what came along about the sender's followers here.
    """

    signer: str
    scheme: Scheme
    personal: bool = False
    said: Synchronization | None = None


async def accept(parts: Parts, envelope: Envelope, body: bytes, sent: Signed) -> None:
    """Write down what was sent, unless it was here; Unavailable when much waits already."""
    arriving = Arriving(
        actor=sent.signer,
        activity=envelope.id or _by_content(body),
        type=envelope.type,
        host=uris.host(sent.signer) or "",
        order_key=envelope.order_key,
        personal=sent.personal,
        body=body,
    )
    fresh = await parts.db.write(_put, arriving, sent)
    STORED.add(str(fresh).lower())
    if fresh:
        parts.inbound.ring()
    event(log, "accepted", level=logging.DEBUG, type=envelope.type, actor=arriving.speaker, fresh=fresh)


def _put(tx: Tx, arriving: Arriving, sent: Signed) -> bool:
    if inbound.crowded(tx, arriving.host, limit=WAITING_LIMIT):
        raise Unavailable("The inbox is full; send this again later.", retry_after=600)
    hosts.seen(tx, arriving.host, by=arriving.actor)
    if sent.scheme == "rfc9421":
        hosts.learned(tx, arriving.host, sent.scheme)  # who signs so can verify so
    if sent.said is not None:
        synchronising.hear(tx, arriving.actor, sent.said)
    fresh = inbound.put(tx, arriving)
    if not fresh and quirks.writefreely_used_id(arriving.type):
        fresh = inbound.put(tx, structs.replace(arriving, activity=_by_content(arriving.body)))
    if fresh:
        tx.announce(InboundQueued())
    return fresh


def _by_content(body: bytes) -> str:
    """Return what stands for the id of an activity that has none, or one that was used before."""
    return f"sha256:{sha256(body).hexdigest()}"
