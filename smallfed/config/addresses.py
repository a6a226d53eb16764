"""The types of configured addresses: where to listen, which networks, hosts and proxies; and reading them.

Readers are as in ``values``.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from smallfed.config.values import absolute, read_text

IPNetwork = IPv4Network | IPv6Network

LONGEST_SOCKET_PATH = 103  # bytes; sun_path is 104 on macOS and 108 on Linux, both with a closing zero

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")


class Endpoint(Struct, frozen=True):
    """An IP address in its normal form and a port; ``str()`` puts IPv6 in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class UnixSocket(Struct, frozen=True):
    """A unix socket at an absolute path."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


Bind = Endpoint | UnixSocket


class Proxy(Struct, frozen=True):
    """A proxy for requests to other servers. ``url`` is without credentials, and so is everything that prints it."""

    scheme: Literal["socks5", "http"]
    host: str
    port: int
    auth: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        """The address of the proxy, free of user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __str__(self) -> str:
        return self.url if self.auth is None else self.url.replace("://", "://***:***@", 1)

    def __repr__(self) -> str:
        return f"Proxy({str(self)!r})"


def read_bind(raw: object, base: Path) -> Bind:
    """Return where to listen: ``HOST:PORT`` (port 0: any free one) or ``unix:/path``."""
    text = read_text(raw)
    if text.startswith("unix:"):
        path = absolute(text.removeprefix("unix:"), base)
        if len(bytes(path)) > LONGEST_SOCKET_PATH:
            raise ValueError(f"names a socket path longer than {LONGEST_SOCKET_PATH} bytes: {text!r}")
        return UnixSocket(path)
    return endpoint(text, lowest_port=0)


def read_optional_bind(raw: object, base: Path) -> Bind | None:
    """Return where to listen; empty text means nowhere."""
    return read_bind(raw, base) if read_text(raw) else None


def read_networks(raw: object, base: Path) -> tuple[IPNetwork, ...]:
    """Return the networks of a list; a bare address is a network of one."""
    if not isinstance(raw, list):
        raise ValueError(f"must be a list of networks, not {raw!r}")
    return tuple(_network(item) for item in raw)


def read_endpoints(raw: object, base: Path) -> Mapping[str, Endpoint]:
    """Return lower-case host name → address and port."""
    if not isinstance(raw, dict):
        raise ValueError(f"must be a table of names with address and port, not {raw!r}")
    return MappingProxyType({_host_name(name, value): endpoint(read_text(value), 1) for name, value in raw.items()})


def read_optional_host(raw: object, base: Path) -> str | None:
    """Return the name of a host, perhaps with a port, in lower case; empty text means none."""
    text = read_text(raw).strip().lower()
    if not text:
        return None
    name, colon, port = text.partition(":")
    if not _NAME.fullmatch(name) or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ValueError(f"must be the name of a host like media.example.org, without https:// and path, not {raw!r}")
    return text


def read_optional_proxy(raw: object, base: Path) -> Proxy | None:
    """Return the proxy of a URL; empty text means none. No reason repeats the URL, which may hold a password."""
    text = read_text(raw)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL with a port between 1 and 65535") from None
    if parts.scheme not in ("socks5", "http"):
        raise ValueError(
            "must begin with socks5:// or http:// (names are looked up here in either case, but for .onion)"
        )
    if not parts.hostname or not port:
        raise ValueError("needs a host and a port")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("has something behind the port, which a proxy's address does not have")
    auth = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    return Proxy(scheme="socks5" if parts.scheme == "socks5" else "http", host=parts.hostname, port=port, auth=auth)


def read_base(raw: object, base: Path) -> str:
    """Return an http(s) address without a slash at its end; empty text means none."""
    text = read_text(raw).strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise ValueError(f"must be an address that begins with https:// (or http://), not {text!r}")
    if parts.username is not None:
        raise ValueError("must hold no user and no password")
    if parts.query or parts.fragment or re.search(r"[\s\"'<>\\;,]", text):
        raise ValueError(f"must be an address without ?, #, spaces, quotes, commas and semicolons, not {text!r}")
    return text


def endpoint(text: str, lowest_port: int) -> Endpoint:
    """Return the address and port of ``text``; ``localhost`` stands for 127.0.0.1, no other names are taken."""
    host, colon, digits = text.rpartition(":")
    if not colon:
        raise ValueError(f"has no port: {text!r}")
    if not (re.fullmatch(r"[0-9]{1,5}", digits) and lowest_port <= int(digits) <= 65535):
        raise ValueError(f"has no port between {lowest_port} and 65535: {text!r}")
    return Endpoint(_address(host, text), int(digits))


def _address(host: str, text: str) -> str:
    bracketed = host.startswith("[") and host.endswith("]")
    if ":" in host and not bracketed:
        raise ValueError(f"holds an IPv6 address outside of brackets: {text!r}")
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        raise ValueError(f"has no IP address before the port: {text!r}") from None
    if bracketed and not isinstance(address, IPv6Address):
        raise ValueError(f"has brackets around something other than an IPv6 address: {text!r}")
    return str(address)


def _network(raw: object) -> IPNetwork:
    text = read_text(raw)
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        wider = ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"holds {text!r}, which is no network") from None
    raise ValueError(f"holds {text!r}, an address inside of a network: write {str(wider)!r}")


def _host_name(name: str, value: object) -> str:
    if isinstance(value, dict):
        raise ValueError(f"needs quotes around a name with dots, in the manner of {name + '.example'!r}")
    if not _NAME.fullmatch(name.lower()):
        raise ValueError(f"holds {name!r}, which is no host name (international names in their xn-- form)")
    return name.lower()
