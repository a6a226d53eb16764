"""An app with keys of its own, and the push service that it reads: fakes for tests of Web Push."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import json
from py_vapid import jwt

from smallfed.domain.subscription import Address

SECRET = b"sixteen letters."


class Phone:
    """What an app has on the owner's phone: keys, and the address that its push service gave it."""

    def __init__(self, endpoint: str = "https://push.example/v1/phone", *, number: int = 7) -> None:
        self.endpoint = endpoint
        self.key = derive_private_key(number, SECP256R1())

    def asks(self, *alerts: str, standard: bool = True, **more: Any) -> dict[str, Any]:
        """Return what the app says when it subscribes."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "subscription": {
                "endpoint": self.endpoint,
                "keys": {"p256dh": _bare(point), "auth": _bare(SECRET)},
                "standard": standard,
            },
            "data": {"alerts": dict.fromkeys(alerts, True), **more},
        }

    def address(self, *, standard: bool = True) -> Address:
        """Return what is kept of it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        host = self.endpoint.split("/")[2]
        return Address(endpoint=self.endpoint, host=host, p256dh=point, auth=SECRET, standard=standard)

    def read(self, headers: Mapping[str, str], body: bytes) -> Any:
        """Decrypt what came, in whichever form, as the app would; names of headers are lower-case."""
        if headers["content-encoding"] == "aes128gcm":
            return json.decode(http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET))
        crypto_key = dict(part.split("=", 1) for part in headers["crypto-key"].split(";"))
        plain = http_ece.decrypt(
            body,
            salt=_raw(headers["encryption"].removeprefix("salt=")),
            dh=_raw(crypto_key["dh"]),
            private_key=self.key,
            auth_secret=SECRET,
            version="aesgcm",
        )
        return json.decode(plain)


def introduced(headers: Mapping[str, str], server_key: str) -> dict[str, Any]:
    """Return the claims of whoever sent a push, checked with the key that the app was told."""
    key = server_key.rstrip("=")
    scheme, _, rest = headers["authorization"].partition(" ")
    if scheme == "vapid":
        told = dict(part.split("=", 1) for part in rest.split(","))
        assert told["k"] == key
        rest = told["t"]
    else:
        assert (scheme, f"p256ecdsa={key}" in headers["crypto-key"]) == ("WebPush", True)
    claims: dict[str, Any] = jwt.decode(rest, key)
    return claims


def _bare(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
