"""HTTP signatures of the old draft: what most of the fediverse still sends.

Spec: draft-cavage-http-signatures-12, as the SWICG report on HTTP signatures describes its use.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from msgspec import Struct

from smallfed.errors import Malformed, Unauthenticated
from smallfed.protocol.signatures import dates, parameters
from smallfed.protocol.signatures.keys import Algorithm, Hash, PrivateKey, PublicKey, require_key_id
from smallfed.protocol.signatures.message import Message

_EXAMPLE = 'keyId="…",headers="…",signature="…"'
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_CREATED, _EXPIRES, _TARGET = "(created)", "(expires)", "(request-target)"

_ALGORITHMS: dict[str, tuple[frozenset[Algorithm], Hash]] = {
    "hs2019": (frozenset({"rsa-v1_5-sha256", "ed25519"}), "sha256"),
    "rsa-sha256": (frozenset({"rsa-v1_5-sha256"}), "sha256"),
    "rsa-sha512": (frozenset({"rsa-v1_5-sha256"}), "sha512"),
    "ed25519": (frozenset({"ed25519"}), "sha256"),
}
"""Which keys an ``algorithm`` may meet, and the hash for RSA. It narrows the key's own algorithm, it never chooses."""


class Claim(Struct, frozen=True, kw_only=True):
    """What a Signature header claims; nothing of it is proven before ``check``."""

    scheme: ClassVar[Literal["cavage"]] = "cavage"

    key_id: str
    algorithm: str
    """In lower case; ``hs2019`` when the header names none, which means the same."""
    covered: tuple[str, ...]
    created: datetime | None
    expires: datetime | None
    times: Mapping[str, str]
    """``(created)`` and ``(expires)`` as written, because that is how they are signed."""
    signature: bytes


def parse(lines: Sequence[str]) -> list[Claim]:
    """Read the values of Signature headers (or of ``Authorization: Signature …``), one claim each.

    Takes what is seen in the wild: blanks around commas and equal signs, numbers with or without quotes.
    Malformed when a value cannot be read, gives a parameter twice, or lacks keyId or signature.
    """
    return [_claim(parameters.read(line, "Signature", example=_EXAMPLE)) for line in lines]


def sign(
    message: Message, *, key_id: str, key: PrivateKey, covered: Sequence[str], with_query: bool = True
) -> tuple[str, str]:
    """Return the Signature header for ``message``, which must already have all headers in ``covered``.

    ``with_query=False`` leaves the query out of ``(request-target)``, as some peers expect it.
    Invalid when ``key_id`` cannot stand between quotes.
    """
    require_key_id(key_id)
    # Peers older than hs2019 know RSA by this name only, and nobody refuses it.
    algorithm = "rsa-sha256" if key.algorithm == "rsa-v1_5-sha256" else "hs2019"
    target = message.target if with_query else message.path
    signature = b64encode(key.sign(_base(message, covered, target, {}))).decode("ascii")
    names = " ".join(covered)
    return "Signature", f'keyId="{key_id}",algorithm="{algorithm}",headers="{names}",signature="{signature}"'


def check_algorithm(claim: Claim) -> None:
    """Raise Unauthenticated when the claim's algorithm is none we know, or may not carry the times it signs."""
    if claim.algorithm not in _ALGORITHMS:
        known = ", ".join(_ALGORITHMS)
        raise Unauthenticated(f"The signature algorithm {claim.algorithm[:40]!r} is not supported; use one of {known}.")
    if claim.algorithm != "hs2019" and not {_CREATED, _EXPIRES}.isdisjoint(claim.covered):
        raise Unauthenticated("(created) and (expires) may only be signed with algorithm hs2019 or none.")


def bases(claim: Claim, message: Message) -> list[bytes]:
    """Return the signing strings the claim may mean: with the query, and where there is one, without.

    Mastodon, GoToSocial and smallfed sign it, Fedify and Pixelfed leave it out.
    Unauthenticated when a covered header is absent, Malformed when one cannot be put on a line.
    """
    targets = [message.target] if message.target == message.path else [message.target, message.path]
    return [_base(message, claim.covered, target, claim.times) for target in targets]


def check(claim: Claim, message: Message, key: PublicKey) -> bool:
    """Whether ``key`` made the claim's signature over ``message``. Says nothing of what the signature covers."""
    algorithms, rsa_hash = _ALGORITHMS.get(claim.algorithm, (frozenset(), "sha256"))
    if key.algorithm not in algorithms:
        return False
    return any(key.verify(claim.signature, base, rsa_hash=rsa_hash) for base in bases(claim, message))


def _base(message: Message, covered: Sequence[str], target: str, times: Mapping[str, str]) -> bytes:
    lines = (f"{name}: {_value(message, name, target, times)}" for name in covered)
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as why:
        raise Malformed("A signed header contains characters that cannot stand in a header.") from why


def _value(message: Message, name: str, target: str, times: Mapping[str, str]) -> str:
    if name == _TARGET:
        return f"{message.method.lower()} {target}"
    value = times.get(name) if name in (_CREATED, _EXPIRES) else message.field(name)
    if value is None:
        raise Unauthenticated(f"The signature covers {name[:80]!r}, which the request does not have.")
    return value


def _claim(given: dict[str, str]) -> Claim:
    for needed in ("keyid", "signature"):
        if not given.get(needed):
            raise Malformed(f"The Signature header lacks {'keyId' if needed == 'keyid' else needed}.")
    try:
        signature = b64decode(given["signature"], validate=True)
    except (Base64Error, ValueError) as why:
        raise Malformed("The signature in the Signature header is not base64.") from why
    algorithm = given.get("algorithm", "hs2019").lower()
    times = {f"({name})": given[name] for name in ("created", "expires") if name in given}
    return Claim(
        key_id=given["keyid"],
        algorithm=algorithm,
        covered=_covered(given.get("headers", _CREATED if algorithm == "hs2019" else "date")),
        created=_moment(times.get(_CREATED)),
        expires=_moment(times.get(_EXPIRES)),
        times=times,
        signature=signature,
    )


def _covered(names: str) -> tuple[str, ...]:
    covered = tuple(names.lower().split())
    if not covered:
        raise Malformed("The Signature header covers nothing: headers is empty.")
    if len(set(covered)) != len(covered):
        raise Malformed("The Signature header names a header twice in headers.")
    return covered


def _moment(seconds: str | None) -> datetime | None:
    if seconds is None:
        return None
    if not _SECONDS.fullmatch(seconds):
        raise Malformed("created and expires in the Signature header must be seconds since 1970.")
    return dates.from_seconds(float(seconds))
