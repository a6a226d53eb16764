"""Web Push: a message encrypted for one app's eyes, with headers that say to its push service who sends it.

Both forms that apps ask for: as the RFCs say (``standard``), and as the drafts had it that older apps were built on.

Spec: RFC 8030, RFC 8188, RFC 8291, RFC 8292; draft-ietf-httpbis-encryption-encoding-03 and
draft-ietf-webpush-encryption-04 (aesgcm), draft-ietf-webpush-vapid-01 (WebPush). The libraries are loaded when the
first message is sent.
"""

from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import Struct

from smallfed.errors import Invalid

POINT = 65  # bytes of an uncompressed point of P-256
AUTH = 16  # bytes of the secret, at least
LONGEST_AUTH = 64
LARGEST = 3800  # bytes of a message: a push service must take 4096 once it is encrypted
VALID = timedelta(hours=12)  # of what says who sends it; a push service takes a day at most

Headers = list[tuple[str, str]]


class Message(Struct, frozen=True, kw_only=True):
    """What is said to an app: as Mastodon says it."""

    access_token: str
    preferred_locale: str
    notification_id: int
    notification_type: str
    icon: str
    title: str
    body: str


class Sealed(Struct, frozen=True, kw_only=True):
    """An encrypted message, and the headers that say how."""

    body: bytes
    headers: Headers
    crypto_key: str | None = None  # of the draft: its header is shared with what says who sends


# Keys -----------------------------------------------------------------------------------------------------------------
def generate() -> tuple[str, str, str]:
    """Return a new key to say who we are with: (algorithm, private PEM, public PEM)."""
    key = generate_private_key(SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    return "p256", private, public


def public_text(public_pem: str) -> str:
    """Return a public key as apps want it: its point in base64url, padded as Mastodon's is."""
    der = b64decode("".join(public_pem.strip().splitlines()[1:-1]))
    return urlsafe_b64encode(der[-POINT:]).decode("ascii")


def read_point(text: str) -> bytes:
    """Read the public key of an app, base64 of either alphabet, padded or not; Invalid when it is none."""
    point = _decoded(text, "p256dh")
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as why:
        raise Invalid("subscription[keys][p256dh] should be a point of P-256, in base64url") from why
    if len(point) != POINT:
        raise Invalid("subscription[keys][p256dh] should be an uncompressed point of P-256, 65 bytes in base64url")
    return point


def read_secret(text: str) -> bytes:
    """Read the secret of an app, as ``read_point``."""
    secret = _decoded(text, "auth")
    if not AUTH <= len(secret) <= LONGEST_AUTH:
        raise Invalid(f"subscription[keys][auth] should be {AUTH} bytes, in base64url")
    return secret


def _decoded(text: str, name: str) -> bytes:
    bare = "".join(text.split()).rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return urlsafe_b64decode((bare[:512] + "=" * (-len(bare[:512]) % 4)).encode("ascii"))
    except (Error, ValueError) as why:
        raise Invalid(f"subscription[keys][{name}] should be base64url") from why


# Messages -------------------------------------------------------------------------------------------------------------
def encrypt(
    message: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    salt: bytes,
    standard: bool,
    key: EllipticCurvePrivateKey | None = None,
) -> Sealed:
    """Encrypt ``message`` for the app with these keys. ``key`` is ours, for this message only: new unless given."""
    import http_ece

    key = key or generate_private_key(SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    encoding = "aes128gcm" if standard else "aesgcm"
    body: bytes = http_ece.encrypt(message, salt=salt, private_key=key, dh=p256dh, auth_secret=auth, version=encoding)
    headers = [("Content-Type", "application/octet-stream"), ("Content-Encoding", encoding)]
    if standard:
        return Sealed(body=body, headers=headers)
    return Sealed(body=body, headers=[*headers, ("Encryption", f"salt={_bare(salt)}")], crypto_key=f"dh={_bare(point)}")


def sign(pem: str, *, audience: str, subject: str, now: datetime, crypto_key: str | None) -> Headers:
    """Return the headers that say who sends it, by the private key ``pem``.

    ``audience`` is the origin of the push service, ``subject`` where its operators reach us. ``crypto_key`` is that of
    a message in the form of the drafts, for which the older form is meant.
    """
    from py_vapid import Vapid01, Vapid02

    key = load_pem_private_key(pem.encode("ascii"), password=None)
    claims = {"aud": audience, "exp": int((now + VALID).timestamp()), "sub": subject}
    form = Vapid02 if crypto_key is None else Vapid01
    signed: dict[str, str] = form(key, conf={"no-strict": True}).sign(claims, crypto_key)
    return list(signed.items())


def _bare(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
