"""Web Push: the worked example of the RFC, the drafts' form, and who says that it is us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import jwt

from smallfed.errors import Invalid
from smallfed.protocol import webpush
from tests.world import NOW

# RFC 8291, Appendix A
UA_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
UA_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AS_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SAID = b"When I grow up, I want to be a watermelon"
ENCRYPTED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str):
    return derive_private_key(int.from_bytes(raw(text)), SECP256R1())


# Encryption -----------------------------------------------------------------------------------------------------------
def test_the_example_of_the_rfc() -> None:
    sealed = webpush.encrypt(
        SAID,
        p256dh=webpush.read_point(UA_PUBLIC),
        auth=webpush.read_secret(AUTH),
        salt=raw(SALT),
        standard=True,
        key=private(AS_PRIVATE),
    )

    assert sealed.body == raw(ENCRYPTED)
    assert sealed.headers == [("Content-Type", "application/octet-stream"), ("Content-Encoding", "aes128gcm")]
    assert sealed.crypto_key is None


def test_the_form_of_the_drafts() -> None:
    sealed = webpush.encrypt(SAID, p256dh=raw(UA_PUBLIC), auth=raw(AUTH), salt=raw(SALT), standard=False)

    assert sealed.crypto_key is not None
    dh = raw(sealed.crypto_key.removeprefix("dh="))
    assert sealed.headers == [
        ("Content-Type", "application/octet-stream"),
        ("Content-Encoding", "aesgcm"),
        ("Encryption", f"salt={SALT}"),
    ]
    assert (
        http_ece.decrypt(
            sealed.body, salt=raw(SALT), private_key=private(UA_PRIVATE), dh=dh, auth_secret=raw(AUTH), version="aesgcm"
        )
        == SAID
    )


# Who we are -----------------------------------------------------------------------------------------------------------
def test_who_sends_it() -> None:
    _, pem, public_pem = webpush.generate()
    key = webpush.public_text(public_pem)
    bare = key.rstrip("=")

    ((name, standard),) = webpush.sign(
        pem, audience="https://push.example", subject="https://home.example", now=NOW, crypto_key=None
    )
    draft = dict(
        webpush.sign(pem, audience="https://push.example", subject="https://home.example", now=NOW, crypto_key="dh=x")
    )

    claims = {"aud": "https://push.example", "exp": int(NOW.timestamp()) + 12 * 3600, "sub": "https://home.example"}
    scheme, _, fields = standard.partition(" ")
    told = dict(field.split("=", 1) for field in fields.split(","))
    assert (name, scheme, told["k"]) == ("Authorization", "vapid", bare)
    assert jwt.decode(told["t"], bare) == claims
    assert draft["Crypto-Key"] == f"dh=x;p256ecdsa={bare}"
    assert jwt.decode(draft["Authorization"].removeprefix("WebPush "), bare) == claims
    assert len(raw(bare)) == 65
    assert len(key) % 4 == 0


# Keys of apps ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("padding", ["", "="])
@pytest.mark.parametrize("alphabet", ["url", "plain"])
def test_keys_in_every_spelling(alphabet: str, padding: str) -> None:
    point = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    text = urlsafe_b64encode(point).decode().rstrip("=") + padding
    if alphabet == "plain":
        text = text.replace("-", "+").replace("_", "/")

    assert webpush.read_point(text) == point


@pytest.mark.parametrize("text", ["", "AAAA", "B" * 87, "ümlaut", UA_PUBLIC[:-4], "=", "A" * 5000, "A"])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(Invalid, match="p256dh"):
        webpush.read_point(text)


@pytest.mark.parametrize("text", ["", "c2hvcnQ", "ö", "A" * 200])
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(Invalid, match="auth"):
        webpush.read_secret(text)
