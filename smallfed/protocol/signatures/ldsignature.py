"""RsaSignature2017, made by us for what relays and forwarders carry. Those of others give no authority.

Spec: Mastodon's linked data signatures (https://docs.joinmastodon.org/spec/security/#ld), completed by FEP-ae0c:
what is signed are two SHA-256 in hexadecimal, of the options in the context identity/v1 and of the document, each
canonicalised by URDNA2015 (https://www.w3.org/TR/rdf-canon/).

Canonicalisation takes milliseconds to seconds and loads pyld (29 MB) at the first call: call it off the event loop.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING

from smallfed.errors import Invalid, SmallfedError, TooLarge
from smallfed.protocol.signatures.documents import Json, moment, strict, without
from smallfed.protocol.signatures.keys import PrivateKey

if TYPE_CHECKING:
    from collections.abc import Callable

TYPE = "RsaSignature2017"
IDENTITY = "https://w3id.org/identity/v1"

BUNDLED = {
    "https://www.w3.org/ns/activitystreams": "activitystreams.json",
    IDENTITY: "identity-v1.json",
    "https://w3id.org/security/v1": "security-v1.json",
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    "https://www.w3.org/ns/did/v1": "did-v1.json",
}
"""The only contexts there are, by address: files in ``protocol/contexts_data``."""

VALUES = 1024
"""JSON values outside of contexts: pyld takes the square of their number in time."""

QUADS = 1024
BLANK_NODES = 256
STEPS = 1024
"""Comparisons of blank nodes that look alike. Their number grows with the factorial of how many do."""

_NQUADS = "application/n-quads"
_NO_JSON_LD = "The document is not JSON-LD that can be signed."
_NOTHING: Mapping[str, object] = {}


def create(
    document: bytes | Mapping[str, object],
    *,
    key: PrivateKey,
    key_id: str,
    now: datetime,
    expires: datetime | None = None,
) -> Json:
    """Return ``document`` with a signature made by ``key``, which others find as ``key_id``.

    Terms that the document's context does not define are not covered; security/v1 should be in it, for ``signature``.
    A proof comes first. Store and send the result once rendered; nobody may render it anew.
    Invalid when the key is not RSA, the document is signed already, or a context is not bundled; TooLarge when it
    goes beyond the bounds above; raises as ``documents.strict`` does.
    """
    if key.algorithm != "rsa-v1_5-sha256":
        raise Invalid(f"{TYPE} is made with an RSA key.")
    bare = strict(document)
    if "signature" in bare:
        raise Invalid("The document already has a signature.")
    claimed: Json = {"creator": key_id, "created": moment(now)}
    if expires is not None:
        claimed["expires"] = moment(expires)
    value = b64encode(key.sign(to_be_signed(bare, claimed))).decode("ascii")
    return bare | {"signature": {"type": TYPE, **claimed, "signatureValue": value}}


def to_be_signed(
    document: bytes | Mapping[str, object],
    signature: Mapping[str, object],
    *,
    contexts: Mapping[str, object] = _NOTHING,
) -> bytes:
    """Return the 128 hexadecimal digits that ``signature`` signs for ``document``.

    Whether either is complete does not matter: what a signature does not cover is taken off. ``contexts`` are known
    beside the bundled ones, by address. Raises as ``create`` does.
    """
    options = {"@context": IDENTITY, **without(strict(signature), "@context", "type", "id", "signatureValue")}
    bare = without(strict(document), "signature")
    if (values := _count(bare)) > VALUES:
        raise TooLarge(f"The document holds {values} values; {VALUES} can be signed.")
    return "".join(_digest(part, contexts) for part in (options, bare)).encode("ascii")


def _count(node: object) -> int:
    if isinstance(node, dict):
        return 1 + sum(_count(child) for name, child in node.items() if name != "@context")
    return 1 + sum(map(_count, node)) if isinstance(node, list) else 1


def _digest(document: Json, contexts: Mapping[str, object]) -> str:
    return sha256(canonical(_dataset(document, contexts)).encode()).hexdigest()


def canonical(dataset: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    """Return the canonical N-Quads of ``dataset``, which is in pyld's form and is used up. TooLarge beyond the bounds.

    The bounds are those that a hostile graph must meet: quads, blank nodes, and the steps taken to tell them apart.
    """
    from pyld.canon import URDNA2015

    _judge_size(dataset)
    algorithm = URDNA2015()
    step: Callable[..., object] = algorithm.hash_n_degree_quads
    steps = count(1)

    def bounded(*arguments: object) -> object:
        if next(steps) > STEPS:
            raise TooLarge(f"Telling the document's blank nodes apart takes more than {STEPS} steps.")
        return step(*arguments)

    algorithm.hash_n_degree_quads = bounded
    try:
        return str(algorithm.main(dataset, {"format": _NQUADS}))
    except RecursionError as why:
        raise TooLarge("The document's blank nodes form too long a chain.") from why


def _judge_size(dataset: dict[str, list[dict[str, dict[str, str]]]]) -> None:
    quads = [quad for graph in dataset.values() for quad in graph]
    if not quads:
        raise Invalid("The document says nothing in its @context, so there is nothing to sign.")
    if len(quads) > QUADS:
        raise TooLarge(f"The document makes {len(quads)} statements; {QUADS} can be signed.")
    nodes = {term["value"] for quad in quads for term in quad.values() if term["type"] == "blank node"}
    if len(nodes) > BLANK_NODES:
        raise TooLarge(f"The document has {len(nodes)} objects without an id; {BLANK_NODES} can be signed.")


def _dataset(document: Json, contexts: Mapping[str, object]) -> dict[str, list[dict[str, dict[str, str]]]]:
    from pyld import jsonld
    from pyld.context_resolver import ContextResolver

    def load(address: str, _: object) -> Json:
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": address} | {
            "document": contexts[address] if address in contexts else _bundled(address)
        }

    # A resolver of our own: the one pyld shares between calls is not made for threads.
    options = {"documentLoader": load, "contextResolver": ContextResolver({}, load), "base": ""}
    try:
        dataset: dict[str, list[dict[str, dict[str, str]]]] = jsonld.to_rdf(document, options)
    except (jsonld.JsonLdError, ValueError, TypeError, AttributeError, LookupError) as why:
        # pyld meets what is no JSON-LD with its own error, or with whatever Python raises on the way.
        raise _reason(why) from why
    except RecursionError as why:
        raise TooLarge("The document or its contexts are nested too deeply.") from why
    if not all(all(quad.values()) for graph in dataset.values() for quad in graph):
        raise Invalid(_NO_JSON_LD, detail="pyld made a statement without an object")
    return dataset


def _reason(error: BaseException) -> SmallfedError:
    """What we said ourselves, somewhere below what pyld made of it."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, SmallfedError):
            return below
        below = below.__cause__ or below.__context__
    return Invalid(_NO_JSON_LD, detail=str(error))


@cache
def _text(file: str) -> str:
    return (files("smallfed.protocol") / "contexts_data" / file).read_text()


def _bundled(address: str) -> Json:
    if address not in BUNDLED:
        raise Invalid(f"The context {address[:200]!r} is not bundled; use one of {', '.join(BUNDLED)}.")
    context: Json = json.loads(_text(BUNDLED[address]))
    return context
