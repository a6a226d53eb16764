"""Every option there is: its type, its default, what it is for, and an example, each in one place.

The sample file, ``smallfed config``, the environment and the flags are all made from this table.
"""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, get_type_hints

from msgspec import Struct, structs

from smallfed.config.about import About
from smallfed.config.addresses import Bind, Endpoint, IPNetwork, Proxy
from smallfed.config.federating import Federation
from smallfed.config.kinds import (
    BIND,
    BOOLEAN,
    ENDPOINTS,
    NETWORKS,
    OPTIONAL_FILE,
    OPTIONAL_PROXY,
    choice,
)
from smallfed.config.media import Media
from smallfed.config.metrics import Metrics
from smallfed.config.reading import Away, Conversations, Past
from smallfed.config.s3 import S3
from smallfed.config.showing import Instance
from smallfed.config.storage import Storage
from smallfed.config.strangers import Strangers
from smallfed.config.welcoming import FollowRequests


class Server(Struct, frozen=True, kw_only=True):
    """Where smallfed listens, and whom it believes about who is asking."""

    bind: Annotated[
        Bind,
        About(
            kind=BIND,
            doc="Where to listen: an IP address with a port, or a unix socket. Put a reverse proxy with TLS in "
            "front and leave this on loopback. The socket's file is open to its owner and group only (mode "
            "0660), and whoever can open it is trusted like a proxy. Port 0 takes any free port.",
            example='"unix:/run/smallfed/smallfed.sock"',
        ),
    ] = Endpoint("127.0.0.1", 8420)
    trusted_proxies: Annotated[
        tuple[IPNetwork, ...],
        About(
            kind=NETWORKS,
            doc="Networks whose machines may say, in X-Forwarded-For and its relatives, for whom they ask. From "
            "anybody else these headers are ignored. Name the address of your reverse proxy here when it runs "
            "on another machine or in another container.",
            example='["127.0.0.0/8", "::1/128", "172.18.0.2/32"]',
        ),
    ] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Log(Struct, frozen=True, kw_only=True):
    """What smallfed tells about itself, on standard error, one line per event."""

    format: Annotated[
        Literal["text", "json"],
        About(
            kind=choice("text", "json"),
            doc='"text" for people, "json" for machines (one object per line).',
            example='"json"',
        ),
    ] = "text"
    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        About(
            kind=choice("debug", "info", "warning", "error"),
            doc="The least important events that are still written: debug, info, warning or error.",
            example='"warning"',
        ),
    ] = "info"


class Network(Struct, frozen=True, kw_only=True):
    """How smallfed reaches other servers. All of it is for laboratories, tests and special networks."""

    allow: Annotated[
        tuple[IPNetwork, ...],
        About(
            kind=NETWORKS,
            doc="Private networks that smallfed may call. Without this it calls addresses of the public internet "
            "only, so that nobody can use it to reach into your home network. Keep the networks small.",
            example='["127.0.0.21/32", "10.8.0.0/24"]',
            alarm="requests may go to these private networks",
        ),
    ] = ()
    ca_file: Annotated[
        Path | None,
        About(
            kind=OPTIONAL_FILE,
            doc="A PEM file of certificate authorities that are believed besides the usual ones. A relative path "
            "starts from the folder of this file.",
            example='"laboratory-ca.pem"',
            alarm="certificates signed by these authorities are believed",
        ),
    ] = None
    resolve: Annotated[
        Mapping[str, Endpoint],
        About(
            kind=ENDPOINTS,
            doc="Names that are not looked up but called at the address and port given here. Private addresses "
            "still have to be allowed by `allow`. In the environment: name=address:port, with commas between "
            "several.",
            example='{ "social.example" = "127.0.0.21:8443" }',
            alarm="these names are called at the addresses given here",
        ),
    ] = MappingProxyType({})
    proxy: Annotated[
        Proxy | None,
        About(
            kind=OPTIONAL_PROXY,
            doc="A SOCKS5 or HTTP proxy that every request to other servers goes through. Names are looked up and "
            "checked here and the address is given to the proxy; only .onion names are left to it.",
            example='"socks5://127.0.0.1:9050"',
            alarm="requests to other servers go through this proxy",
        ),
    ] = None


class Limits(Struct, frozen=True, kw_only=True):
    """How often others may ask."""

    rate: Annotated[
        bool,
        About(
            kind=BOOLEAN,
            doc="Limits on the number of requests and of failed logins. Switch them off for measurements and tests "
            "only.",
            example="false",
            alarm="request and login limits are off: anybody may ask, and guess passwords, as fast as they can",
        ),
    ] = True


class Web(Struct, frozen=True, kw_only=True):
    """What strangers see on the public pages."""

    replies: Annotated[
        Literal["none", "known", "all"],
        About(
            kind=choice("none", "known", "all"),
            doc='Whose public replies strangers see below your posts: "none"; "known", the people you follow or '
            'have answered; or "all".',
            example='"all"',
        ),
    ] = "known"


class Config(Struct, frozen=True, kw_only=True):
    """The effective configuration. ``origins`` says for each option that is not at its default who set it."""

    data: Path
    file: Path | None = None
    server: Server = Server()
    log: Log = Log()
    network: Network = Network()
    limits: Limits = Limits()
    web: Web = Web()
    federation: Federation = Federation()
    strangers: Strangers = Strangers()
    follow_requests: FollowRequests = FollowRequests()
    instance: Instance = Instance()
    media: Media = Media()
    storage: Storage = Storage()
    s3: S3 = S3()
    conversations: Conversations = Conversations()
    past: Past = Past()
    away: Away = Away()
    metrics: Metrics = Metrics()
    origins: Mapping[str, str] = MappingProxyType({})


class Option(Struct, frozen=True, kw_only=True):
    """One row of the table."""

    section: str
    key: str
    default: object
    about: About

    @property
    def name(self) -> str:
        """The name in full, ``server.bind``."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """The name in the environment, ``SMALLFED_SERVER_BIND``."""
        return f"SMALLFED_{self.section}_{self.key}".upper()

    @property
    def flag(self) -> str:
        """The name on the command line, for commands that offer it: ``--server-bind``."""
        return f"--{self.section}-{self.key}".replace("_", "-")

    def value(self, config: Config) -> object:
        """Return the value that ``config`` holds."""
        value: object = getattr(getattr(config, self.section), self.key)
        return value


SECTIONS: Mapping[str, type[Struct]] = {
    "server": Server,
    "log": Log,
    "network": Network,
    "limits": Limits,
    "web": Web,
    "federation": Federation,
    "strangers": Strangers,
    "follow_requests": FollowRequests,
    "instance": Instance,
    "media": Media,
    "storage": Storage,
    "s3": S3,
    "conversations": Conversations,
    "past": Past,
    "away": Away,
    "metrics": Metrics,
}


def _options(section: str) -> tuple[Option, ...]:
    hints = get_type_hints(SECTIONS[section], include_extras=True)
    return tuple(
        Option(section=section, key=field.name, default=field.default, about=hints[field.name].__metadata__[0])
        for field in structs.fields(SECTIONS[section])
    )


OPTIONS: Mapping[str, Option] = {option.name: option for section in SECTIONS for option in _options(section)}
