"""Keys: every form they arrive in, and those we refuse."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid, Malformed
from smallfed.protocol.signatures import base58
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey
from tests.protocol.signatures import samples
from tests.shared_data import shared


@pytest.mark.parametrize("key", [samples.rsa(), samples.ed25519()], ids=["rsa", "ed25519"])
def test_a_key_is_the_same_in_every_form(key: PrivateKey) -> None:
    public = key.public

    forms = [
        PublicKey.from_pem(public.pem()),
        PublicKey.from_pem("\r\n " + public.pem().replace("\n", "\r\n")),
        PublicKey.from_der(public.der),
        PublicKey.from_multibase(public.multibase()),
        PrivateKey.from_pem(key.pem()).public,
    ]

    assert forms == [public] * 5
    assert {hash(form) for form in forms} == {hash(public)}


def test_pkcs1_pem_is_read() -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()

    read = PublicKey.from_pem(key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode())

    assert read.der == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert read.algorithm == "rsa-v1_5-sha256"


@pytest.mark.parametrize("key", [samples.rsa(), samples.ed25519()], ids=["rsa", "ed25519"])
def test_only_the_data_signed_verifies(key: PrivateKey) -> None:
    signature = key.sign(b"data")

    assert key.public.verify(signature, b"data")
    assert not key.public.verify(signature, b"Data")
    assert not key.public.verify(signature[:-1], b"data")
    assert not key.public.verify(b"", b"data")
    assert not key.public.verify(b"\0" * 5000, b"data")


def test_one_key_does_not_verify_for_another() -> None:
    assert not samples.rsa().public.verify(samples.ed25519().sign(b"data"), b"data")
    assert not samples.ed25519().public.verify(samples.rsa().sign(b"data"), b"data")


def test_a_private_key_does_not_show_itself() -> None:
    assert repr(samples.ed25519()) == "PrivateKey(ed25519)"


def test_multikeys_of_fep_521a() -> None:
    text = shared("eddsa-jcs-2022/fep-521a.feature").read_text()
    ed_hex, rsa_hex = re.findall(r'as a hex string "([0-9a-f]+)"', text)[:2]
    ed_multibase, rsa_multibase = re.findall(r'"publicKeyMultibase": "(z\w+)"', text)[:2]

    ed, big = PublicKey.from_multibase(ed_multibase), PublicKey.from_multibase(rsa_multibase)

    assert ed.der.endswith(bytes.fromhex(ed_hex))
    assert ed.multibase() == ed_multibase
    assert big == PublicKey.from_der(bytes.fromhex(rsa_hex))
    assert big.multibase() == rsa_multibase


def test_a_small_rsa_key_is_refused_unless_allowed() -> None:
    small = rsa.generate_private_key(65537, 1024).public_key()
    pem = small.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    with pytest.raises(Invalid, match="2048 to 8192 bits, this one has 1024"):
        PublicKey.from_pem(pem)

    allowed = PublicKey.from_pem(pem, least_bits=1024)
    assert allowed.algorithm == "rsa-v1_5-sha256"
    with pytest.raises(Invalid, match="2048"):
        PublicKey.from_der(allowed.der)


TINY = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALqbHeRLCyOdykC5SDLqI49ArYGYG1mq
aH9/GnWjGavZM02fos4lc2w6tCchcUBNtJvGqKwhC5JEnx3RYoSX2ucCAwEAAQ==
-----END PUBLIC KEY-----"""


def test_nothing_allows_a_tiny_rsa_key() -> None:
    with pytest.raises(Invalid):
        PublicKey.from_pem(TINY, least_bits=0)


def test_a_costly_exponent_is_refused() -> None:
    modulus = rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
    key = rsa.RSAPublicNumbers(2**64 + 13, modulus).public_key()

    with pytest.raises(Invalid, match="exponent"):
        PublicKey.from_der(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def test_other_kinds_of_keys_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    with pytest.raises(Invalid, match="RSA or Ed25519"):
        PublicKey.from_pem(pem)


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "é", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "x" * 20_000],
)
def test_pem_that_cannot_be_read_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        PublicKey.from_pem(text)
    with pytest.raises(Malformed):
        PrivateKey.from_pem(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "begins with z"),
        ("mAAAA", "begins with z"),
        ("z", "not supported"),
        ("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "e701 are not supported"),
        ("z" + base58.encode(b"\xed\x01" + bytes(31)), "32 bytes"),
        ("z" + base58.encode(b"\xed\x01" + bytes(33)), "32 bytes"),
        ("z" + base58.encode(b"\x85\x24" + bytes(33)), "not DER"),
    ],
)
def test_multikeys_that_are_refused(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        PublicKey.from_multibase(text)


@given(
    st.text(max_size=100)
    | st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz").map("z".__add__)
)
def test_garbage_raises_invalid_and_nothing_else(text: str) -> None:
    for read in (PublicKey.from_pem, PublicKey.from_multibase, PrivateKey.from_pem):
        with pytest.raises(Invalid):
            read(text)


@given(st.binary(max_size=200))
def test_garbage_der_raises_invalid_and_nothing_else(der: bytes) -> None:
    with pytest.raises(Invalid):
        PublicKey.from_der(der)
