"""Signing a request: the one entry for the HTTP client, for either scheme.

Spec: draft-cavage-http-signatures-12; RFC 9421; the profiles that the fediverse understands.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import structs

from smallfed.errors import Invalid
from smallfed.protocol.signatures import cavage, dates, digest, rfc9421
from smallfed.protocol.signatures.keys import PrivateKey
from smallfed.protocol.signatures.message import Message, request

Scheme = Literal["cavage", "rfc9421"]
Headers = list[tuple[str, str]]

ACTIVITY_JSON = "application/activity+json"
ACCEPT = f'{ACTIVITY_JSON}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = frozenset({"signature", "signature-input"})
_VALUE = re.compile(r"[ -~]*")


def sign(
    method: str,
    url: str,
    body: bytes | None,
    *,
    key_id: str,
    key: PrivateKey,
    now: datetime,
    scheme: Scheme,
    accept: str = ACCEPT,
    content_type: str = ACTIVITY_JSON,
    extra: Sequence[tuple[str, str]] = (),
    with_query: bool = True,
) -> Headers:
    """Return all headers to send with ``method`` of ``url``: Host and Date, those of the body, ``extra``, signature.

    A GET or HEAD has no body; anything else has one, empty when it is None. ``extra`` headers are covered too.
    ``with_query=False`` signs the path alone, which the old draft's peers may want; RFC 9421 ignores it.
    Send ``url`` exactly as given here and none of these headers twice. Invalid when the URL, ``key_id`` or a header
    cannot be sent, or when a GET is given a body.
    """
    message = _prepared(
        method, url, body, now=now, scheme=scheme, accept=accept, content_type=content_type, extra=extra
    )
    covered = _covered(message, scheme, extra)
    if scheme == "cavage":
        signature = [cavage.sign(message, key_id=key_id, key=key, covered=covered, with_query=with_query)]
    else:
        signature = rfc9421.sign(message, key_id=key_id, key=key, now=now, covered=covered)
    return [*_titled(message), *signature]


def answer_challenge(
    challenge: str,
    method: str,
    url: str,
    body: bytes | None,
    *,
    key_id: str,
    key: PrivateKey,
    now: datetime,
    accept: str = ACCEPT,
    content_type: str = ACTIVITY_JSON,
    extra: Sequence[tuple[str, str]] = (),
) -> Headers | None:
    """Return all headers to send again after a 401 with Accept-Signature ``challenge``; None when we cannot comply.

    Do so once for a request; a second challenge is a refusal. Invalid as ``sign``.
    """
    message = _prepared(
        method, url, body, now=now, scheme="rfc9421", accept=accept, content_type=content_type, extra=extra
    )
    covered = _covered(message, "rfc9421", extra)
    signature = rfc9421.answer_challenge(challenge, message, key_id=key_id, key=key, now=now, covered=covered)
    return None if signature is None else [*_titled(message), *signature]


def _prepared(
    method: str,
    url: str,
    body: bytes | None,
    *,
    now: datetime,
    scheme: Scheme,
    accept: str,
    content_type: str,
    extra: Sequence[tuple[str, str]],
) -> Message:
    message = request(method, url)
    headers = [("host", message.authority), ("date", dates.write(now)), ("accept", accept)]
    if message.method not in ("GET", "HEAD"):
        body = body or b""
        named = (
            ("digest", digest.digest(body)) if scheme == "cavage" else ("content-digest", digest.content_digest(body))
        )
        headers += [named, ("content-type", content_type)]
    elif body:
        raise Invalid(f"A {message.method} request has no body.")
    headers += [(name.lower(), value) for name, value in extra]
    _require_sendable(headers)
    return structs.replace(message, headers=tuple(headers), body=body)


def _require_sendable(headers: Headers) -> None:
    names = [name for name, _ in headers]
    for name, value in headers:
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Invalid(
                f"The header {name[:80]!r} cannot be sent: its name or value has characters beyond ASCII text."
            )
        if names.count(name) > 1 or name in _OURS:
            raise Invalid(f"The header {name} would be sent twice; leave it to the signature or give it once.")


def _covered(message: Message, scheme: Scheme, extra: Sequence[tuple[str, str]]) -> list[str]:
    has_body = message.body is not None
    if scheme == "cavage":
        covered = ["(request-target)", "host", "date", *(["digest", "content-type"] if has_body else ["accept"])]
    else:
        covered = ["@method", "@target-uri", "@authority", *(["content-digest", "content-type"] if has_body else [])]
    return [*covered, *(name.lower() for name, _ in extra)]


def _titled(message: Message) -> Headers:
    return [(name.title(), value) for name, value in message.headers]
