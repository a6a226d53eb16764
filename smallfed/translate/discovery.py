"""The house as others discover it: WebFinger, host-meta and NodeInfo, from what we know of ourselves.

Spec: RFC 7033, RFC 6415, FEP-f1d5, FEP-d556 (the server's own actor), FEP-3b86 (intents).
"""

from collections.abc import Collection

from smallfed import MASTODON
from smallfed.domain.house import House
from smallfed.errors import Malformed, NotFound
from smallfed.protocol import hostmeta, nodeinfo, webfinger
from smallfed.protocol.nodeinfo import NodeInfo, Software, Usage, Users, Version
from smallfed.protocol.vocabulary import ACTIVITY_JSON, LD_JSON
from smallfed.protocol.webfinger import AVATAR, INTENT, PROFILE_PAGE, SELF, SUBSCRIBE, Jrd, Link

RELAY = "relay"
"""The name of the actor that relays of the LitePub kind follow."""

INTENTS = ("Object", "Follow", "Like", "Announce")
"""What somebody on another site may mean to do with something there: one page says how."""


def find(house: House, resource: str, *, avatar: str | None = None, rels: Collection[str] = ()) -> Jrd:
    """Return who ``resource`` is; only links of the given ``rels``, if any.

    The owner is found by the handle with any of our hosts, by id and by profile page; the server by its actor's id, by
    our address and by the handle ``host@host``, its second actor as ``relay@host``. Raises Malformed for what is no
    acct: URI or http(s) URL, and NotFound for everybody else.
    """
    match _who(house, resource):
        case "owner":
            found = _owner(house, avatar)
        case "server":
            found = _server(server_handle(house), house.instance_actor)
        case "relay":
            found = _server(f"{RELAY}@{house.domain}", house.relay_actor)
        case _:
            raise NotFound("There is nobody of that name here.")
    if not rels:
        return found
    links = tuple(link for link in found.links if link.rel in rels)
    return Jrd(subject=found.subject, aliases=found.aliases, links=links)


def server_handle(house: House) -> str:
    """Return the handle of the server's own actor: its host, twice."""
    return f"{server_name(house)}@{house.domain}"


def server_name(house: House) -> str:
    """Return the ``preferredUsername`` of the server's own actor: the host without a port."""
    return house.domain.partition(":")[0]


def host_meta(house: House) -> bytes:
    """Return host-meta in XML."""
    return hostmeta.xrd(house.base)


def host_meta_json(house: House) -> bytes:
    """Return host-meta in JSON."""
    return hostmeta.jrd(house.base)


def node_index(house: House) -> bytes:
    """Return the well-known document of NodeInfo."""
    return nodeinfo.index(house.base, application=house.instance_actor)


def node(house: House, version: Version, *, software: Software, posts: int, active: bool, description: str) -> NodeInfo:
    """Return the NodeInfo document; ``posts`` of the owner, who was ``active`` this month or not.

    ``upstream`` is where the library megalodon looks, which refuses software that it does not know by name.
    """
    plain = Software(name=software.name, version=software.version)
    return NodeInfo(
        version=version,
        software=plain if version == "2.0" else software,
        usage=Usage(users=Users(total=1, active_month=int(active), active_halfyear=int(active)), local_posts=posts),
        metadata={
            "nodeName": house.account_domain,
            "nodeDescription": description,
            "staffAccounts": [house.actor],
            "federation": {"enabled": True},
            "upstream": {"name": "mastodon", "version": MASTODON},
        },
    )


def _who(house: House, resource: str) -> str | None:
    scheme, _, rest = resource.partition(":")
    match scheme.lower():
        case "acct":
            handle = webfinger.handle(rest)
            if handle.host not in house.names:
                return None
            names = {server_name(house).lower(): "server", RELAY: "relay", house.username.lower(): "owner"}
            return names.get(handle.username.lower())
        case "http" | "https" if rest.startswith("//") and len(rest) > 2:
            pages = {house.actor: "owner", house.profile: "owner", house.instance_actor: "server", house.base: "server"}
            return (pages | {house.relay_actor: "relay"}).get(resource.rstrip("/"))
        case _:
            raise Malformed("Ask for a resource like acct:user@example.org or for a URL.")


def _owner(house: House, avatar: str | None) -> Jrd:
    picture = (Link(rel=AVATAR, href=house.shown(avatar)),) if avatar else ()
    return Jrd(
        subject=f"acct:{house.handle}",
        aliases=(house.actor, house.profile),
        links=(
            *_links(house.actor),
            Link(rel=PROFILE_PAGE, type="text/html", href=house.profile),
            *picture,
            Link(rel=SUBSCRIBE, template=house.page("/authorize_interaction?uri={uri}")),
            *(
                Link(rel=f"{INTENT}{name}", template=house.page("/authorize_interaction?uri={object}"))
                for name in INTENTS
            ),
        ),
    )


def _server(handle: str, actor: str) -> Jrd:
    return Jrd(subject=f"acct:{handle}", aliases=(actor,), links=_links(actor))


def _links(actor: str) -> tuple[Link, ...]:
    return (Link(rel=SELF, type=ACTIVITY_JSON, href=actor), Link(rel=SELF, type=LD_JSON, href=actor))
