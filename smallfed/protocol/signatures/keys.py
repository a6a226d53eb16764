"""Keys: what signs in our name, and what others' signatures are checked with.

Spec: RFC 8017 §8.2 (RSASSA-PKCS1-v1_5), RFC 8032 (Ed25519), FEP-521a and W3C Multikey (``publicKeyMultibase``).
"""

import re
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from smallfed.errors import Invalid, Malformed
from smallfed.protocol.signatures import base58

Algorithm = Literal["rsa-v1_5-sha256", "ed25519"]
"""Names as in the HTTP Signature Algorithms registry of RFC 9421. The key alone decides which one applies."""

Hash = Literal["sha256", "sha512"]

RSA_BITS = 2048
"""What we generate, and the least we take from other actors."""

_FLOOR_BITS = 1024
_CEILING_BITS = 8192
_LARGEST_EXPONENT = 2**32 + 1
"""A verification costs what the exponent costs, and a stranger chooses it. The largest seen in use is 65537."""

_KEY_ID = re.compile(r"[!#-\[\]-~]+")
_LONGEST_PEM = 16_384
_CACHED_KEYS = 1024
_PKCS1 = PKCS1v15()
_HASHES: dict[Hash, SHA256 | SHA512] = {"sha256": SHA256(), "sha512": SHA512()}
_MULTICODEC_ED25519 = b"\xed\x01"
_MULTICODEC_RSA = b"\x85\x24"


class PublicKey:
    """A key that checks signatures. Two are equal when they are the same key, however they were written."""

    __slots__ = ("_key", "der")

    der: bytes
    """SubjectPublicKeyInfo in DER: the form to store."""

    def __init__(self, key: RSAPublicKey | Ed25519PublicKey) -> None:
        self._key = key
        self.der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @staticmethod
    def from_pem(text: str, *, least_bits: int = RSA_BITS) -> "PublicKey":
        """Read a PEM block, SPKI ("BEGIN PUBLIC KEY") or PKCS#1 ("BEGIN RSA PUBLIC KEY").

        Raises Malformed when it is no such block, Invalid when the key is of another kind, shorter than
        ``least_bits`` (never below 1024), longer than 8192 bits or has an outlandish exponent.
        """
        if len(text) > _LONGEST_PEM:
            raise Malformed(f"A public key may have at most {_LONGEST_PEM} characters of PEM.")
        try:
            key = load_pem_public_key(text.strip().encode("ascii"))
        except (ValueError, UnsupportedAlgorithm) as why:
            raise Malformed("The public key is not a PEM block that can be read.", detail=str(why)) from why
        return _accepted(key, least_bits)

    @staticmethod
    def from_der(der: bytes, *, least_bits: int = RSA_BITS) -> "PublicKey":
        """Read SPKI in DER, as ``der`` gives it; parsed keys are remembered. Raises as ``from_pem`` does."""
        return _parsed(der, least_bits)

    @staticmethod
    def from_multibase(text: str, *, least_bits: int = RSA_BITS) -> "PublicKey":
        """Read a ``publicKeyMultibase`` value of a Multikey, Ed25519 or RSA. Raises as ``from_pem`` does."""
        if not text.startswith("z"):
            raise Malformed("publicKeyMultibase must be base58btc, which begins with z.")
        data = base58.decode(text[1:])
        code, body = data[:2], data[2:]
        if code == _MULTICODEC_ED25519:
            if len(body) != 32:
                raise Malformed("An Ed25519 Multikey must hold exactly 32 bytes.")
            return PublicKey(Ed25519PublicKey.from_public_bytes(body))
        if code == _MULTICODEC_RSA:
            return _parsed(body, least_bits)
        raise Invalid(f"Multikeys of kind {code.hex()} are not supported: use Ed25519 (ed01) or RSA (8524).")

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm this key is used with."""
        return "rsa-v1_5-sha256" if isinstance(self._key, RSAPublicKey) else "ed25519"

    def verify(self, signature: bytes, data: bytes, *, rsa_hash: Hash = "sha256") -> bool:
        """Whether ``signature`` over ``data`` was made with this key. ``rsa_hash`` means nothing for Ed25519."""
        try:
            if isinstance(self._key, RSAPublicKey):
                self._key.verify(signature, data, _PKCS1, _HASHES[rsa_hash])
            else:
                self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> str:
        """Return the SPKI PEM block, the form of ``publicKeyPem``."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    def multibase(self) -> str:
        """Return the ``publicKeyMultibase`` form."""
        if isinstance(self._key, RSAPublicKey):
            data = _MULTICODEC_RSA + self._key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        else:
            data = _MULTICODEC_ED25519 + self._key.public_bytes_raw()
        return "z" + base58.encode(data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return f"PublicKey({self.algorithm}, {self.multibase()[:16]}…)"


class PrivateKey:
    """A key that signs. Load it once and keep it: reading an RSA key costs more than many signatures."""

    __slots__ = ("_key", "public")

    public: PublicKey

    def __init__(self, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    @staticmethod
    def from_pem(text: str) -> "PrivateKey":
        """Read an unencrypted PEM block (PKCS#8 or PKCS#1); Malformed when unreadable, Invalid for another kind.

        Only keys that were made here: whether the numbers of an RSA key are sound is not checked (36 ms).
        """
        try:
            key = load_pem_private_key(text.strip().encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True)
        except (ValueError, TypeError, UnsupportedAlgorithm) as why:
            raise Malformed("The private key is not an unencrypted PEM block that can be read.") from why
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise Invalid(f"A private key must be RSA or Ed25519, not {type(key).__name__}.")
        return PrivateKey(key)

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm this key is used with."""
        return self.public.algorithm

    def sign(self, data: bytes) -> bytes:
        """Return the signature over ``data``: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, _PKCS1, _HASHES["sha256"])
        return self._key.sign(data)

    def pem(self) -> str:
        """Return the unencrypted PKCS#8 PEM block. Whoever has it can write in the actor's name."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")

    def __repr__(self) -> str:
        return f"PrivateKey({self.algorithm})"


def require_key_id(key_id: str) -> None:
    """Raise Invalid unless ``key_id`` can stand between quotes in a header of either scheme."""
    if not _KEY_ID.fullmatch(key_id):
        raise Invalid("A key id must be printable ASCII without blanks, quotes and backslashes.")


def generate_rsa() -> PrivateKey:
    """Return a new RSA key of 2048 bits: what every server of the fediverse can check. Takes up to a second."""
    return PrivateKey(generate_private_key(public_exponent=65537, key_size=RSA_BITS))


def generate_ed25519() -> PrivateKey:
    """Return a new Ed25519 key."""
    return PrivateKey(Ed25519PrivateKey.generate())


@lru_cache(maxsize=_CACHED_KEYS)
def _parsed(der: bytes, least_bits: int) -> PublicKey:
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as why:
        raise Malformed("The public key is not DER that can be read.", detail=str(why)) from why
    return _accepted(key, least_bits)


def _accepted(key: object, least_bits: int) -> PublicKey:
    if isinstance(key, Ed25519PublicKey):
        return PublicKey(key)
    if not isinstance(key, RSAPublicKey):
        raise Invalid(f"A public key must be RSA or Ed25519, not {type(key).__name__}.")
    least = max(least_bits, _FLOOR_BITS)
    if not least <= key.key_size <= _CEILING_BITS:
        raise Invalid(f"An RSA key must have {least} to {_CEILING_BITS} bits, this one has {key.key_size}.")
    if key.public_numbers().e > _LARGEST_EXPONENT:
        raise Invalid("The exponent of the RSA key is too large; the usual one is 65537.")
    return PublicKey(key)
