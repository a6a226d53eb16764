"""Digests that bind a body to the headers, and so to the signature.

Spec: RFC 3230 (Digest, as the fediverse uses it), RFC 9530 (Content-Digest).
"""

from base64 import b64encode
from hashlib import sha256, sha512

from smallfed.protocol.signatures import structured

_KNOWN = {"sha-256": sha256, "sha-512": sha512}


def digest(body: bytes) -> str:
    """Return the value of Digest for ``body``. Upper case, because Threads answers 404 to ``sha-256=``."""
    return "SHA-256=" + _base64(sha256(body).digest())


def content_digest(body: bytes) -> str:
    """Return the value of Content-Digest for ``body``. Lower case: Mastodon answers 400 to ``SHA-256=``."""
    return f"sha-256=:{_base64(sha256(body).digest())}:"


def digest_matches(value: str, body: bytes) -> bool:
    """Whether the Digest header ``value`` names a SHA-256 and every SHA-256 it names is that of ``body``."""
    pairs = [part.strip().partition("=") for part in value.split(",")]
    claimed = {text for name, _, text in pairs if name.strip().lower() == "sha-256"}
    return claimed == {_base64(sha256(body).digest())}


def content_digest_matches(value: str, body: bytes) -> bool:
    """Whether Content-Digest ``value`` names SHA-256 or SHA-512 and all of these are those of ``body``.

    Malformed when it is not a dictionary of byte sequences. Other algorithms are left alone: they are deprecated.
    """
    members = structured.dictionary(value, "Content-Digest")
    claimed = {name: structured.octets(member, "Content-Digest") for name, member in members.items() if name in _KNOWN}
    return bool(claimed) and all(_KNOWN[name](body).digest() == octets for name, octets in claimed.items())


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
