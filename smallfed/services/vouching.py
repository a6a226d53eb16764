"""Vouching: our activities as they leave, with the proof that lets others believe them from anybody's hands.

The proof is made where the body is rendered, once, so that every delivery is the same to the last bit. The linked-data
signature is only asked for here: it takes too long for a transaction, and ``workers/sealing`` adds it.

Spec: FEP-8b32; PROTOCOL §§3.1, 3.2; DESIGN (bodies are rendered once).
"""

from functools import lru_cache

from msgspec import UNSET, Struct, json

from smallfed.domain.speaker import Speaker
from smallfed.policy import vouching
from smallfed.policy.visibility import PUBLIC
from smallfed.protocol.emitted import Activity, Actor, Note
from smallfed.protocol.signatures import documents, proofs
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.store import houses, relays
from smallfed.store.tx import Tx
from smallfed.translate import outward

KEY = "owner-ed25519"


class Rendered(Struct, frozen=True, kw_only=True):
    """The bytes of an activity; ``unsealed``: they want a linked-data signature before they leave."""

    body: bytes
    unsealed: bool


def rendered(tx: Tx, activity: Activity, speaker: Speaker = Speaker.OWNER) -> Rendered:
    """Render an activity of ours for delivery, with a proof if it is public and of a size that others still verify.

    Only the owner has a key for proofs, and only what the owner says is passed on by others.
    """
    if speaker is not Speaker.OWNER:
        return Rendered(body=outward.body(activity), unsealed=False)
    to, cc = activity.to or (), activity.cc or ()
    pem = houses.private_key(tx, KEY) if vouching.wants_proof(to, cc) else None
    relayed = vouching.is_relayed(activity.type, to) and relays.wants_signatures(tx)
    seal = relayed or vouching.wants_signature(activity.type, to, cc, answers=_answers(activity))
    body = outward.body(activity, proven=pem is not None, sealed=seal)
    if pem is not None and len(body) <= documents.LONGEST:
        method = houses.get(tx).ed25519_key_id
        body = json.encode(proofs.create(body, key=_key(pem), verification_method=method, now=tx.now))
    return Rendered(body=body, unsealed=seal)


def _answers(activity: Activity) -> bool:
    """Whether it is about an answer to somebody else, or may be: of what is deleted only the audience is left."""
    if isinstance(activity.object, Note):
        answered = activity.object.in_reply_to
        return answered is not UNSET and not answered.startswith(f"{activity.actor}/")
    if isinstance(activity.object, Actor):
        return False
    people = {*(activity.to or ()), *(activity.cc or ())} - PUBLIC - {f"{activity.actor}/followers"}
    return bool(people)


@lru_cache(maxsize=2)
def _key(pem: str) -> PrivateKey:
    return PrivateKey.from_pem(pem)
