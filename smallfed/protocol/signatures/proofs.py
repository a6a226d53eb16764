"""Proofs inside documents: who holds the document can show who wrote it, without asking the origin.

Spec: FEP-8b32, W3C Data Integrity 1.0 §2.1 and §4, W3C vc-di-eddsa §3.3 (eddsa-jcs-2022), RFC 8785 (JCS), FEP-521a.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import rfc8785
from msgspec import Struct

from smallfed.errors import Invalid, Malformed, SmallfedError, Unauthenticated
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.signatures import base58
from smallfed.protocol.signatures.documents import Json, moment, strict, without
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey

SUITE = "eddsa-jcs-2022"
TYPE = "DataIntegrityProof"
PURPOSE = "assertionMethod"
CLOCK_SKEW = timedelta(hours=1)

_MOST = 4
"""Proofs we look at in a set; each costs a canonicalisation."""

_LONGEST_VALUE = 89
"""``z`` and what 64 bytes take at most in base58."""

_NOT_OURS = ("previousProof", "domain", "challenge")
"""Options that make a proof part of a chain or of a dialogue that is not ours: it means less than it seems to."""


class Proof(Struct, frozen=True, kw_only=True):
    """What a proof claims; nothing of it is proven before ``verify``."""

    verification_method: str
    created: datetime | None
    expires: datetime | None
    options: Json
    """Everything of the proof but its value, known to us or not: all of it is signed."""
    signature: bytes


def create(
    document: bytes | Mapping[str, object],
    *,
    key: PrivateKey,
    verification_method: str,
    now: datetime,
    expires: datetime | None = None,
) -> Json:
    """Return ``document`` with a proof made by ``key``, which the author lists as ``verification_method``.

    The document is signed as it is: the public audience must be the full IRI (Fedify expands it before it verifies).
    Its context should define the terms of the proof (data-integrity/v2). An LD signature is added after the proof.
    Invalid when the key is not Ed25519 or the document has a proof or signature; raises as ``strict`` does.
    """
    if key.algorithm != "ed25519":
        raise Invalid(f"Proofs of {SUITE} are made with an Ed25519 key.")
    bare = strict(document)
    for name in ("proof", "signature"):
        if name in bare:
            raise Invalid(f"The document already has a {name}; add the proof before.")
    options: Json = {"@context": bare["@context"]} if "@context" in bare else {}
    options |= {
        "type": TYPE,
        "cryptosuite": SUITE,
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
        "created": moment(now),
    }
    if expires is not None:
        options["expires"] = moment(expires)
    value = "z" + base58.encode(key.sign(_hashes(bare, options)))
    return bare | {"proof": options | {"proofValue": value}}


def claims(document: bytes | Mapping[str, object]) -> tuple[Proof, ...]:
    """Return the proofs at the top of ``document`` that can be checked, so that their keys can be found.

    When there is none, Unauthenticated or Malformed says why. Raises as ``strict`` does.
    """
    return _claims(strict(document))


def verify(document: bytes | Mapping[str, object], *, keys: Mapping[str, PublicKey], now: datetime) -> Proof:
    """Return the first proof of ``document`` that one of ``keys`` made; Unauthenticated or Malformed when none is.

    ``keys`` are those of the actor who owns the document, as ``multikeys`` gives them: whose document it is, is for
    the caller to say. The bytes as received are better than a parsed document, in which a name that came twice
    cannot be seen. ``signature`` is not covered, nor are contexts that stand in the document after those of the proof:
    whoever takes terms from contexts must use the proof's. Embedded objects are covered; their own proofs say nothing.
    """
    whole = strict(document)
    bare = without(whole, "proof", "signature")
    refused: list[SmallfedError] = []
    for proof in _claims(whole):
        try:
            _judge(proof, bare, keys, now)
        except (Invalid, Unauthenticated) as why:
            refused.append(why)
        else:
            return proof
    raise refused[0]


def multikeys(actor: Mapping[str, object]) -> dict[str, PublicKey]:
    """Return the keys ``actor`` (a document fetched from where it lives) may make proofs with, by id.

    These are the Ed25519 Multikeys embedded in ``assertionMethod`` that the actor itself controls. What is broken, of
    another kind, or someone else's is left out.
    """
    document = Document(dict(actor))
    found: dict[str, PublicKey] = {}
    for item in document.documents("assertionMethod", limits.KEYS):
        if document.id is None or item.uri("controller") != document.id or "Multikey" not in item.types:
            continue
        try:
            key = PublicKey.from_multibase(item.text("publicKeyMultibase"))
        except Invalid:
            continue
        if item.id is not None and key.algorithm == "ed25519":
            found.setdefault(item.id, key)
    return found


def canonical(value: object) -> bytes:
    """Return ``value`` in the one form that JCS gives it; Malformed when it has none."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (ValueError, RecursionError) as why:
        raise Malformed("The document holds a number or text that has no canonical form.", detail=str(why)) from why


def _claims(document: Json) -> tuple[Proof, ...]:
    listed = document.get("proof")
    proofs = listed if isinstance(listed, list) else [] if listed is None else [listed]
    if not proofs:
        raise Unauthenticated("The document carries no proof.")
    if len(proofs) > _MOST:
        raise Malformed(f"A document may carry at most {_MOST} proofs.")
    found: list[Proof] = []
    refused: list[SmallfedError] = []
    for proof in proofs:
        try:
            found.append(_claim(proof))
        except (Invalid, Unauthenticated) as why:
            refused.append(why)
    if not found:
        raise refused[0]
    return tuple(found)


def _claim(proof: object) -> Proof:
    if not isinstance(proof, dict):
        raise Malformed("A proof must be an object.")
    for name, only in (("type", TYPE), ("cryptosuite", SUITE), ("proofPurpose", PURPOSE)):
        if proof.get(name) != only:
            raise Unauthenticated(f"The {name} of the proof must be {only}, not {str(proof.get(name))[:80]!r}.")
    for name in _NOT_OURS:
        if name in proof:
            raise Unauthenticated(f"Proofs with the option {name} are not supported.")
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not 0 < len(method) <= limits.URI:
        raise Malformed("The verificationMethod of a proof must be the id of a key.")
    return Proof(
        verification_method=method,
        created=_time(proof, "created"),
        expires=_time(proof, "expires"),
        options=without(proof, "proofValue"),
        signature=_signature(proof.get("proofValue")),
    )


def _time(proof: Json, name: str) -> datetime | None:
    found = Document(proof).moment(name)
    if found is None and name in proof:
        raise Malformed(f"The time in {name} of the proof is not of the form 2026-11-23T02:00:00Z.")
    return found


def _signature(value: object) -> bytes:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > _LONGEST_VALUE:
        raise Malformed("The proofValue must be 64 bytes in base58btc, which begins with z.")
    signature = base58.decode(value[1:])
    if len(signature) != 64:
        raise Malformed(f"The proofValue must hold exactly 64 bytes, not {len(signature)}.")
    return signature


def _judge(proof: Proof, bare: Json, keys: Mapping[str, PublicKey], now: datetime) -> None:
    if proof.created is not None and proof.created > now + CLOCK_SKEW:
        raise Unauthenticated(f"The proof was made at {moment(proof.created)}, which is yet to come.")
    if proof.expires is not None and proof.expires <= now:
        raise Unauthenticated(f"The proof expired at {moment(proof.expires)}.")
    key = keys.get(proof.verification_method)
    if key is None or key.algorithm != "ed25519":
        raise Unauthenticated(f"The author lists no Ed25519 key {proof.verification_method[:200]!r} for proofs.")
    if not key.verify(proof.signature, _hashes(_in_context(bare, proof.options), proof.options)):
        raise Unauthenticated("The proof was not made by its key over this document.")


def _in_context(bare: Json, options: Json) -> Json:
    """The document in the context of the proof, with which its own must begin."""
    if "@context" not in options:
        return bare
    signed, present = _listed(options["@context"]), _listed(bare.get("@context"))
    if canonical(present[: len(signed)]) != canonical(signed):
        raise Unauthenticated("The @context of the document does not begin with that of its proof.")
    return bare | {"@context": options["@context"]}


def _listed(context: object) -> list[object]:
    if context is None:
        return []
    return context if isinstance(context, list) else [context]


def _hashes(document: Json, options: Json) -> bytes:
    return sha256(canonical(options)).digest() + sha256(canonical(document)).digest()
