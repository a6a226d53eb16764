"""URIs as facts: which ones we keep, and which two have the same origin.

Spec: RFC 3986 §3, RFC 6454 §4, FEP-fe34 (https://codeberg.org/fediverse/fep/src/branch/main/fep/fe34/fep-fe34.md).
What may be *asked* of another server is a stricter question, which ``policy.targets`` answers.
"""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

import idna

LONGEST = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

_WEB = re.compile(
    r"(https?)://"
    r"([^/?#@\\:\[\]\x00-\x20\x7f]*[^/?#@\\:\[\]\x00-\x20\x7f.]|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?"
    r"(?:[/?#][^\x00-\x20\x7f]*)?",
    re.IGNORECASE,
)

Origin = tuple[str, str, int]
"""Scheme, host (lower case, ASCII, IPv6 in brackets and as short as can be) and port."""


def web(text: str | None) -> str | None:
    """Return ``text`` as it is when it is an http(s) URL with a host and no user name, else None."""
    if text is None or len(text) > LONGEST or _WEB.fullmatch(text) is None:
        return None
    return text


@lru_cache(maxsize=1024)  # of one activity it is asked a dozen times, mostly of the same few
def origin(uri: str | None) -> Origin | None:
    """Return the origin of a ``web`` URL, or None for everything else."""
    match = _WEB.fullmatch(uri) if uri is not None and len(uri) <= LONGEST else None
    if match is None:
        return None
    scheme, host, port = match[1].lower(), match[2].lower(), match[3]
    try:
        if host.startswith("["):
            host = f"[{IPv6Address(host[1:-1])}]"
        elif not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except (AddressValueError, idna.IDNAError):
        return None
    return scheme, host, int(port) if port else DEFAULT_PORTS[scheme]


def host(uri: str | None) -> str | None:
    """Return ``host`` or ``host:port`` of a ``web`` URL, lower case and ASCII, or None for everything else."""
    found = origin(uri)
    if found is None:
        return None
    scheme, name, port = found
    return name if port == DEFAULT_PORTS[scheme] else f"{name}:{port}"


def bare(host: str) -> str:
    """Return ``host`` without its port: somebody with many ports is one host."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def legible(host: str) -> str | None:
    """Return a ``host`` or ``*.host`` in the letters that its ASCII stands for.

    None where there are no others, or none that a name may have.
    """
    name = bare(host)
    if "xn--" not in name:
        return None
    try:
        return idna.decode(name.removeprefix("*."))
    except (idna.IDNAError, UnicodeError):
        return None


def same_origin(one: str | None, other: str | None) -> bool:
    """Whether both are ``web`` URLs of the same scheme, host and port."""
    found = origin(one)
    return found is not None and found == origin(other)


def spelt(url: str) -> str:
    """Return a ``web`` URL with scheme and host in small letters and ASCII; anything else as it is."""
    name = host(url)
    if name is None:
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme.lower()}://{name}{rest[len(re.split('[/?#]', rest, maxsplit=1)[0]) :]}"
