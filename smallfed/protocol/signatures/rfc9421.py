"""HTTP message signatures of the standard: reading, making, checking, and answering a challenge for one.

Spec: RFC 9421; §5.1 for Accept-Signature.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from http_sfv.item import InnerList, Item
from msgspec import Struct

from smallfed.errors import Malformed, Unauthenticated
from smallfed.protocol.signatures import components, dates, structured
from smallfed.protocol.signatures.components import Component
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey, require_key_id
from smallfed.protocol.signatures.message import Message

LABEL = "sig1"
LIFETIME = timedelta(hours=1)
"""How long what we sign is good, where a challenge asks us to say."""

_ALGORITHMS = frozenset({"rsa-v1_5-sha256", "ed25519"})
_MOST_ANSWERS = 4
_LONGEST_ECHO = 512
"""Longest nonce or tag we repeat for a stranger."""

_ECHOED = frozenset({"created", "expires", "nonce", "alg", "keyid", "tag"})


class Claim(Struct, frozen=True, kw_only=True):
    """What one label of Signature-Input claims; nothing of it is proven before ``check``."""

    scheme: ClassVar[Literal["rfc9421"]] = "rfc9421"

    label: str
    key_id: str
    """Empty when the signature names no key."""
    algorithm: str | None
    components: tuple[Component, ...]
    parameters: str
    """The inner list serialised anew: the last line of the signature base."""
    created: datetime | None
    expires: datetime | None
    signature: bytes

    @property
    def covered(self) -> tuple[str, ...]:
        """Names of the components that are covered whole, without parameters that narrow them."""
        return tuple(component.name for component in self.components if component.bare)


def parse(inputs: str, signatures: str) -> list[Claim]:
    """Read Signature-Input and Signature (lines joined by commas), one claim for each label of the former.

    Malformed when either cannot be read, a label has no signature, or a parameter has the wrong type.
    """
    found = structured.dictionary(signatures, "Signature")
    return [
        _claim(label, member, found.get(label))
        for label, member in structured.dictionary(inputs, "Signature-Input").items()
    ]


def sign(
    message: Message, *, key_id: str, key: PrivateKey, now: datetime, covered: Sequence[str]
) -> list[tuple[str, str]]:
    """Return Signature-Input and Signature for ``message``, which must already have all of ``covered``.

    Invalid when ``key_id`` cannot stand between quotes.
    """
    parts = [components.plain(name) for name in covered]
    return _headers([_signed(LABEL, message, parts, _parameters(key_id, key, now), key)])


def answer_challenge(
    challenge: str, message: Message, *, key_id: str, key: PrivateKey, now: datetime, covered: Sequence[str]
) -> list[tuple[str, str]] | None:
    """Return Signature-Input and Signature as the Accept-Signature value ``challenge`` asks, None when we cannot.

    Each signature also covers ``covered``, whatever was asked: a signature that does not name its target could be
    used by the challenger against another server. Members that want another key, an algorithm the key does not
    have, or components the request lacks are left out. Answer a challenge once: the next 401 is final.
    """
    try:
        asked = structured.dictionary(challenge, "Accept-Signature")
    except Malformed:
        return None
    answers = [
        _answer(label, member, message, key_id=key_id, key=key, now=now, covered=covered)
        for label, member in list(asked.items())[:_MOST_ANSWERS]
    ]
    made = [answer for answer in answers if answer is not None]
    return _headers(made) if made else None


def check_algorithm(claim: Claim) -> None:
    """Raise Unauthenticated when the claim names an algorithm we do not know."""
    if claim.algorithm is not None and claim.algorithm not in _ALGORITHMS:
        known = ", ".join(sorted(_ALGORITHMS))
        raise Unauthenticated(f"The signature algorithm {claim.algorithm[:40]!r} is not supported; use one of {known}.")


def base(claim: Claim, message: Message) -> bytes:
    """Return the signature base the claim means. Raises as ``components.base`` does."""
    return components.base(message, claim.components, claim.parameters)


def check(claim: Claim, message: Message, key: PublicKey) -> bool:
    """Whether ``key`` made the claim's signature over ``message``. Says nothing of what the signature covers."""
    if claim.algorithm not in (None, key.algorithm):
        return False
    return key.verify(claim.signature, base(claim, message))


def _claim(label: str, member: structured.Member, signature: structured.Member | None) -> Claim:
    if not isinstance(member, InnerList):
        raise Malformed("A member of Signature-Input is not a list of covered components.")
    if signature is None:
        raise Malformed("Signature-Input has a label that Signature does not have.")
    return Claim(
        label=label,
        key_id=_text(member, "keyid") or "",
        algorithm=_text(member, "alg"),
        components=components.read(member),
        parameters=structured.text(member),
        created=_moment(member, "created"),
        expires=_moment(member, "expires"),
        signature=structured.octets(signature, "Signature"),
    )


def _text(member: InnerList, name: str) -> str | None:
    value = member.params.get(name)
    if value is None or type(value) is str:  # a token is no string, but its Python type derives from one
        return value
    raise Malformed(f"The parameter {name} of Signature-Input must be a string.")


def _moment(member: InnerList, name: str) -> datetime | None:
    value = member.params.get(name)
    if value is None:
        return None
    if type(value) is not int:  # True is an int to Python
        raise Malformed(f"The parameter {name} of Signature-Input must be a whole number of seconds since 1970.")
    return dates.from_seconds(value)


_Parameters = dict[str, str | int]


def _parameters(key_id: str, key: PrivateKey, now: datetime) -> _Parameters:
    require_key_id(key_id)
    return {"created": int(now.timestamp()), "keyid": key_id, "alg": key.algorithm}


def _signed(
    label: str, message: Message, parts: Sequence[Component], parameters: _Parameters, key: PrivateKey
) -> tuple[str, str]:
    identifiers = " ".join(part.identifier for part in parts)
    written = f"({identifiers})" + "".join(f";{name}={Item(value)}" for name, value in parameters.items())
    signature = key.sign(components.base(message, parts, written))
    return f"{label}={written}", f"{label}={Item(signature)}"


def _headers(signed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    inputs, signatures = zip(*signed, strict=True)
    return [("Signature-Input", ", ".join(inputs)), ("Signature", ", ".join(signatures))]


def _answer(
    label: str,
    member: structured.Member,
    message: Message,
    *,
    key_id: str,
    key: PrivateKey,
    now: datetime,
    covered: Sequence[str],
) -> tuple[str, str] | None:
    if not isinstance(member, InnerList):
        return None
    parameters = _asked(dict(member.params), _parameters(key_id, key, now))
    if parameters is None:
        return None
    try:
        wanted = components.read(member)
        missing = [components.plain(name) for name in covered if components.plain(name) not in wanted]
        return _signed(label, message, [*wanted, *missing], parameters, key)
    except (Malformed, Unauthenticated):
        return None


def _asked(asked: dict[str, object], ours: _Parameters) -> _Parameters | None:
    """Return our parameters with what was asked added, None when it asks what we are not or do not know."""
    if not asked.keys() <= _ECHOED:
        return None
    if asked.get("keyid", ours["keyid"]) != ours["keyid"] or asked.get("alg", ours["alg"]) != ours["alg"]:
        return None
    parameters = dict(ours)
    if asked.get("expires"):
        parameters["expires"] = int(ours["created"]) + int(LIFETIME.total_seconds())
    for name in ("nonce", "tag"):
        if name in asked:
            text = asked[name]
            if type(text) is not str or len(text) > _LONGEST_ECHO:
                return None
            parameters[name] = text
    return parameters
