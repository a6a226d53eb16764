"""NodeInfo: what software this is, for statistics, for client apps and for finding the server's own actor.

Spec: FEP-f1d5, FEP-0151, https://nodeinfo.diaspora.software/protocol; FEP-2677 for the link to the server's actor.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from smallfed.protocol.vocabulary import AS2

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
APPLICATION = f"{AS2}#Application"

Version = Literal["2.0", "2.1"]
VERSIONS: tuple[Version, ...] = ("2.0", "2.1")


class Software(Struct, frozen=True, kw_only=True):
    """A name and a version. Addresses are for 2.1 only."""

    name: str
    version: str
    repository: str | UnsetType = UNSET
    homepage: str | UnsetType = UNSET


class Services(Struct, frozen=True, kw_only=True):
    """Other networks that are connected: none."""

    inbound: tuple[str, ...] = ()
    outbound: tuple[str, ...] = ()


class Users(Struct, frozen=True, kw_only=True, rename="camel"):
    """How many people there are, and how many were active."""

    total: int
    active_month: int
    active_halfyear: int


class Usage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Numbers."""

    users: Users
    local_posts: int


class NodeInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """The document."""

    version: Version
    software: Software
    protocols: tuple[str, ...] = ("activitypub",)
    services: Services = field(default_factory=Services)
    open_registrations: bool = False
    usage: Usage
    metadata: Mapping[str, object]

    def encode(self) -> bytes:
        """Return the JSON."""
        return msgspec.json.encode(self)


def path(version: Version) -> str:
    """Return where the document of this version is served."""
    return f"/nodeinfo/{version}"


def content_type(version: Version) -> str:
    """Return the Content-Type of the document."""
    return f'application/json; profile="{SCHEMA}{version}#"; charset=utf-8'


def index(base: str, *, application: str) -> bytes:
    """Return the well-known document of the origin ``base``, with the id of the server's own actor."""
    links = [{"rel": f"{SCHEMA}{version}", "href": f"{base}{path(version)}"} for version in VERSIONS]
    return msgspec.json.encode({"links": [*links, {"rel": APPLICATION, "href": application}]})
