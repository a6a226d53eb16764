"""Requests, keys and times the tests of signatures share."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from smallfed.protocol.signatures import signing
from smallfed.protocol.signatures.keys import PrivateKey, generate_ed25519, generate_rsa
from smallfed.protocol.signatures.message import Message, request
from smallfed.protocol.signatures.signing import Scheme

NOW = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
HOST = "us.example"
INBOX = f"https://{HOST}/inbox"
KEY_ID = "https://peer.example/users/bob#main-key"
BODY = b'{"type":"Follow"}'


@cache
def rsa() -> PrivateKey:
    return generate_rsa()


@cache
def ed25519() -> PrivateKey:
    return generate_ed25519()


def received(method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes | None = None) -> Message:
    """What a door makes of the request a client sent."""
    return request(method, url, headers=tuple(headers), body=body)


def signed(
    scheme: Scheme,
    *,
    method: str = "POST",
    url: str = INBOX,
    body: bytes | None = BODY,
    key: PrivateKey | None = None,
    now: datetime = NOW,
    **options: object,
) -> Message:
    """A request as the client would sign it, as the door would receive it."""
    body = None if method == "GET" else body
    headers = signing.sign(method, url, body, key_id=KEY_ID, key=key or ed25519(), now=now, scheme=scheme, **options)
    return received(method, url, headers, body)


def without(message: Message, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple(line for line in message.headers if line[0] not in names)
