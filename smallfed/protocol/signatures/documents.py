"""Documents that carry signatures: read so strictly that whoever reads them reads the same.

Spec: RFC 8259 §4 and RFC 7493 (I-JSON) for names that come twice, RFC 3339 §5.6 for times.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from smallfed.errors import Malformed, TooLarge
from smallfed.protocol import jsonld

LONGEST = 256 * 1024
"""Longest document, in bytes of JSON, that is canonicalised: that is slow, and strangers choose what we verify."""

Json = dict[str, object]


def strict(document: bytes | Mapping[str, object]) -> Json:
    """Return a copy of the JSON object ``document``, as bytes or already parsed.

    Malformed when it is no JSON object, is nested too deeply, gives a name twice (which only the bytes can show) or
    uses a keyword that ``jsonld.parse`` refuses. TooLarge beyond ``LONGEST``.
    """
    body = document if isinstance(document, bytes) else _encoded(document)
    if len(body) > LONGEST:
        raise TooLarge(f"A document that carries a signature may have at most {LONGEST} bytes.")
    jsonld.parse(body)
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError) as why:
        raise Malformed("This is not JSON that can be read.", detail=str(why)) from why
    if not isinstance(value, dict):
        raise Malformed("A document that carries a signature must be a JSON object.")
    return value


def without(document: Json, *names: str) -> Json:
    """Return ``document`` without the properties ``names``."""
    return {name: value for name, value in document.items() if name not in names}


def moment(time: datetime) -> str:
    """Return ``time`` (aware) as ``2026-11-23T02:00:00Z``."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _encoded(document: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(dict(document), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as why:
        raise Malformed("The document holds what JSON cannot express.", detail=str(why)) from why


def _object(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("The document gives a name twice in one object, so readers may differ in what it says.")
    return found
