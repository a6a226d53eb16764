"""Addresses: the one thing that somebody means who pastes a handle or a link, however it is spelt.

Whatever apps and pages put around an address is taken off: a scheme of the fediverse, the page of another server or web
app that shows it, what a link asks to be done with it.

Spec: CLIENT_API §13 item 24; RFC 7565 (acct); https://docs.joinmastodon.org/methods/oembed/ (forms of addresses).
"""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct

LONGEST = 2048

_AROUND = " \t\r\n<>\"'()[]{}“”‘’«»\u200b\u200e\u200f\u2060\ufeff"
_BEHIND = f"{_AROUND}.,;:!?…"
_NAME, _HOST = r"[\w.+-]{1,128}", r"[\w-]+(?:\.[\w-]+)+(?::\d{2,5})?|localhost:\d{2,5}"
_HANDLE = re.compile(rf"(acct:)?([@!]?)({_NAME})@({_HOST})", re.IGNORECASE)
_SCHEME = re.compile(r"(?:web\+)?(?:ap|activitypub|mastodon|fediverse)(?:\+https?)?:(?://)?(?=.)", re.IGNORECASE)
_BARE = re.compile(rf"(?:{_HOST})/[^\s]+")
_TOP = re.compile(r"\.[a-z][a-z0-9-]+(?::\d+)?/", re.IGNORECASE)

_ASKING = re.compile(r"/(?:authorize[_-]interaction|authorize-follow|remote[_-]interaction|ostatus_subscribe)/?")
_THROUGH = re.compile(rf"/({_HOST})(/(?:@|s/|a/|users/|statuses/|notes/|notice/).+)")  # elk.zone/SERVER/@name/1
_WITHIN = re.compile(r"/(?:deck|web)(/.+)")  # Mastodon's own web app
_VIEW = re.compile(rf"/(?:@|users/|u/@?|c/|m/|a/|accounts/|profile/|video-channels/)({_NAME})@({_HOST})/?")


class Address(Struct, frozen=True):
    """An http(s) URL."""

    url: str


class Named(Struct, frozen=True):
    """A handle, ``user@host``."""

    handle: str


def read(text: str) -> Address | Named | None:
    """Return what is meant when ``text`` is an address or a handle, or begins with one that is certainly meant."""
    words = text.strip(_AROUND).split(None, 1)
    if not words or len(words[0]) > LONGEST:
        return None
    first, alone = words[0].strip(_AROUND).rstrip(_BEHIND), len(words) == 1
    if first.lower().startswith(("https://", "http://")):
        return unwrap(first)
    handle = _HANDLE.fullmatch(first)
    if handle is not None:
        certain = handle[1] is not None or handle[2] == "@"
        return Named(f"{handle[3]}@{handle[4]}") if alone or certain else None
    scheme = _SCHEME.match(first)
    if scheme is not None:
        return _inside(first[scheme.end() :])
    if alone and _BARE.fullmatch(first) and _TOP.search(first):
        return unwrap(f"https://{first}")
    return None


def _inside(text: str) -> Address | Named | None:
    """Return what stands behind a scheme of the fediverse: an address with or without its own scheme, or a handle."""
    if text.lower().startswith(("https://", "http://")):
        return unwrap(text)
    handle = _HANDLE.fullmatch(text.removeprefix("acct:"))
    return Named(f"{handle[3]}@{handle[4]}") if handle is not None else unwrap(f"https://{text}")


def unwrap(url: str, depth: int = 3) -> Address | Named | None:
    """Return what an address leads to that is the view of something else; itself where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if not parts.netloc:
        return None
    path, inner = unquote(parts.path), ""
    if _ASKING.fullmatch(path):
        asked = parse_qs(parts.query)
        inner = next((asked[name][0] for name in ("uri", "url", "acct") if name in asked), "")
    elif through := _THROUGH.fullmatch(path):
        inner = f"https://{through[1]}{through[2]}"
    elif within := _WITHIN.fullmatch(path):
        inner = f"{parts.scheme}://{parts.netloc}{within[1]}"
    elif through := _THROUGH.fullmatch(unquote(parts.fragment)):  # phanpy.social/#/SERVER/s/1
        inner = f"https://{through[1]}{through[2]}"
    elif view := _VIEW.fullmatch(path):
        return Named(f"{view[1]}@{view[2]}")
    if not inner or not depth:
        return Address(url)
    found = unwrap(inner, depth - 1) if inner.startswith(("https://", "http://")) else read(inner)
    return found or Address(url)
