"""Addresses of ours for others' media: what we show of others is loaded from us, and only what we have shown.

An address names whose picture it is and carries a mark of ours over that, the variant and the remote address of now:
it always means the same picture, changes when that does, and nobody can make one. What has no number of its own (an
emoji of others, a picture of an earlier version of a post) carries the remote address instead.

Spec: SAFETY rules 22, 33.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hmac import digest

from msgspec import Struct

from smallfed.domain.copy import Subject
from smallfed.domain.numbers import number

PREFIX = "/media/remote/"
LONGEST = 2048  # bytes of a remote address that is carried: longer ones are not shown

_ENDINGS = frozenset(
    "png jpg jpeg gif webp avif heic mp4 m4v mov webm mkv ogv mp3 m4a aac ogg oga opus flac wav".split()  # noqa: SIM905
)
UNKNOWN = "bin"  # is what is called whose kind nobody told
_END = rf"-[0-9a-f]{{32}}(-small)?\.(?:{'|'.join(sorted(_ENDINGS | {UNKNOWN}))})"
_NAME = re.compile(rf"(attachment|avatar|header|card)-([1-9][0-9]{{0,18}}){_END}")
_CARRYING = re.compile(rf"(attachment|emoji)-at-([A-Za-z0-9_-]{{1,2732}}={{0,2}}){_END}")
SMALL = "-small"


class Signet:
    """What makes an address ours."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mark(self, text: str) -> str:
        """Return the first 128 bits of HMAC-SHA256 over ``text``, in hexadecimal digits."""
        return digest(self._key, text.encode(), "sha256")[:16].hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Signet) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return "Signet(…)"


class Named(Struct, frozen=True, kw_only=True):
    """What an address names, as it says: not yet whether it is one of ours. ``url``: what has no ``number``."""

    subject: Subject
    number: int = 0
    url: str = ""
    small: bool = False


def can_be_carried(url: str) -> bool:
    """Whether an address of ours can carry this remote one."""
    return len(url.encode()) <= LONGEST


@lru_cache(maxsize=2048)  # timelines show the same faces over and over
def path(signet: Signet, subject: Subject, whose: int, url: str, *, small: bool = False, ending: str = "jpg") -> str:
    """Return the path for what somebody shows from ``url``; ``ending`` is what to call it if the URL does not say."""
    said = url.rpartition(".")[2].lower()
    ending = said if said in _ENDINGS else ending
    which = SMALL if small else ""
    known = whose or f"at-{urlsafe_b64encode(url.encode()).decode()}"
    mark = signet.mark(f"{subject.value}\n{whose}\n{which}\n{url}")
    return f"{PREFIX}{subject.value}-{known}-{mark}{which}.{ending}"


def read(name: str) -> Named | None:
    """Return what is named by the last part of a path, or None when that is nothing."""
    if (match := _NAME.fullmatch(name)) is not None:
        whose = number(match[2])
        return None if whose is None else Named(subject=Subject(match[1]), number=whose, small=match[3] is not None)
    if (match := _CARRYING.fullmatch(name)) is not None:
        try:
            url = urlsafe_b64decode(match[2]).decode()
        except ValueError:
            return None
        return Named(subject=Subject(match[1]), url=url, small=match[3] is not None)
    return None
