"""Passkeys on the wire: what a browser is asked, and whether what it answers holds.

Spec: https://www.w3.org/TR/webauthn-3/ §5.1.3, §7.1, §7.2. The owner's presence is always verified (by a finger, a face
or a PIN), so a passkey is two factors by itself. No attestation is asked for: which make it is, is nobody's business.
"""

from collections.abc import Sequence
from hmac import compare_digest

from msgspec import Struct, json

from smallfed.errors import Invalid, Unauthenticated

LONGEST = 20_000
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})
PATIENCE_MS = 120_000
REFUSED = "That passkey does not open this door."


class Known(Struct, frozen=True, kw_only=True):
    """A passkey that is known: its id, and how a browser may reach it."""

    id: bytes
    transports: tuple[str, ...] = ()


class Enrolled(Struct, frozen=True, kw_only=True):
    """A new passkey that holds."""

    id: bytes
    public_key: bytes
    counter: int
    transports: tuple[str, ...]


class Place(Struct, frozen=True, kw_only=True):
    """Where passkeys are for: the bare host, and the origin our pages have."""

    host: str
    origin: str


def creation(place: Place, *, name: str, user: bytes, challenge: bytes, known: Sequence[Known]) -> str:
    """Return, as JSON, how a browser is asked for a new passkey; those ``known`` are not made again."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=place.host,
        user_id=user,
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        timeout=PATIENCE_MS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.id) for each in known],
    )
    return webauthn.options_to_json(options)


def request(place: Place, *, challenge: bytes) -> str:
    """Return, as JSON, how a browser is asked to sign with a passkey. None is named: strangers learn of none."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        timeout=PATIENCE_MS,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def enrolled(place: Place, answer: str, challenges: Sequence[bytes]) -> Enrolled:
    """Return the new passkey of an answer to ``creation``; Invalid when it does not hold."""
    import webauthn

    try:  # besides its own errors, the library lets pass those of its parsers
        answered = _read(answer)
        verified = webauthn.verify_registration_response(
            credential=answered,
            expected_challenge=_challenge(answered, challenges),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise Invalid("The passkey could not be added. Please try again.", detail=repr(error)) from error
    return Enrolled(
        id=verified.credential_id,
        public_key=verified.credential_public_key,
        counter=verified.sign_count,
        transports=_transports(answered),
    )


def signed(answer: str, challenges: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return which passkey an answer to ``request`` says it is of, and which challenge it says it answers.

    Nothing is verified yet. Unauthenticated when it does not say, or the challenge is none of ours.
    """
    from webauthn.helpers import base64url_to_bytes

    try:
        answered = _read(answer)
        return base64url_to_bytes(str(answered["rawId"])), _challenge(answered, challenges)
    except Exception as error:
        raise Unauthenticated(REFUSED, detail=repr(error)) from error


def counted(place: Place, answer: str, challenge: bytes, *, public_key: bytes, counter: int) -> int:
    """Return what the authenticator counts now; Unauthenticated when the answer does not hold.

    ``counter`` is what it counted last: where both count, it must have grown.
    """
    import webauthn

    try:
        verified = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=counter,
            require_user_verification=True,
        )
    except Exception as error:
        raise Unauthenticated(REFUSED, detail=repr(error)) from error
    return verified.new_sign_count


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST:
        raise Invalid("the answer is too long")
    return json.decode(answer, type=dict[str, object])


def _challenge(answered: dict[str, object], challenges: Sequence[bytes]) -> bytes:
    """Return which of our challenges was answered; Invalid for none."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    response = answered["response"]
    assert isinstance(response, dict)
    given = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).challenge
    for challenge in challenges:
        if compare_digest(challenge, given):
            return challenge
    raise Invalid("the challenge is none of ours, or too old")


def _transports(answered: dict[str, object]) -> tuple[str, ...]:
    response = answered.get("response")
    told = response.get("transports") if isinstance(response, dict) else None
    return tuple(sorted(TRANSPORTS.intersection(map(str, told)))) if isinstance(told, list) else ()
