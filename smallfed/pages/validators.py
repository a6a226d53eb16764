"""Validators: whoever has something public already, as it is now, is not sent it again.

Spec: RFC 9110 §8.8.3 (ETag), §13.1.2 (If-None-Match), §15.4.5 (304).
"""

from hashlib import sha256


def etag(body: bytes) -> str:
    """Return the validator of what is the same as long as its bytes are."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def knows(asked: str | None, etag: str) -> bool:
    """Whether whoever asks has the version ``etag``, by its If-None-Match. Proxies that compress weaken validators."""
    if asked is None:
        return False
    return asked.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in asked.split(","))
