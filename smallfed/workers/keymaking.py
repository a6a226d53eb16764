"""The house's own keys are made here, once.

Spec: PROTOCOL §1.4, §1.5 (RSA of at least 2048 bits), FEP-521a (Ed25519 Multikey); RFC 8292 §3 (P-256).
"""

from smallfed.protocol import webpush
from smallfed.protocol.signatures.keys import PrivateKey, generate_ed25519, generate_rsa
from smallfed.runtime.identity import INSTANCE_RSA, OWNER_ED25519, OWNER_RSA, VAPID


def fresh_keys() -> dict[str, tuple[str, str, str]]:
    """Return new keys: name → (algorithm, private PEM, public PEM). Takes a few tenths of a second."""
    return {
        OWNER_RSA: _pems(generate_rsa()),
        INSTANCE_RSA: _pems(generate_rsa()),
        OWNER_ED25519: _pems(generate_ed25519()),
        VAPID: webpush.generate(),
    }


def _pems(key: PrivateKey) -> tuple[str, str, str]:
    return key.algorithm, key.pem(), key.public.pem()
