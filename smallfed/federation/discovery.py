"""How others find us: webfinger, host-meta, nodeinfo.

Spec: RFC 7033, RFC 6415, NodeInfo 2.0 and 2.1 (FEP-f1d5), FEP-2677.
"""

from typing import cast

from smallfed import __version__
from smallfed.errors import Malformed
from smallfed.federation.cache import cacheable, validated
from smallfed.federation.exchange import Reply, Request
from smallfed.protocol import nodeinfo
from smallfed.protocol.nodeinfo import Software, Version
from smallfed.store import accounts, statistics
from smallfed.store.tx import Tx
from smallfed.translate import discovery
from smallfed.workers.parts import Parts

HOURS = "public, max-age=3600, stale-while-revalidate=86400"
JSON = "application/json; charset=utf-8"
SOFTWARE = Software(name="smallfed", version=__version__)


class Discovery:
    """Answers the well-known addresses."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def webfinger(self, request: Request) -> Reply:
        """Say who a resource is: the owner, or the server itself."""
        query = request.fields()
        if len(query.get("resource", ())) != 1:
            raise Malformed("ask with ?resource=acct:name@domain, or with the address of a profile")
        avatar = await self._parts.db.read(_avatar)
        found = discovery.find(
            self._parts.identity.here, query["resource"][0], avatar=avatar, rels=query.get("rel", ())[:20]
        )
        return _given(request, found.encode(), "application/jrd+json; charset=utf-8")

    async def host_meta(self, request: Request) -> Reply:
        """Say where webfinger is, in XML or JSON."""
        house = self._parts.identity.here
        if request.path.rstrip("/").endswith(".json"):
            return _given(request, discovery.host_meta_json(house), JSON)
        return _given(request, discovery.host_meta(house), "application/xrd+xml; charset=utf-8")

    async def node_index(self, request: Request) -> Reply:
        """Say where the NodeInfo documents are."""
        return _given(request, discovery.node_index(self._parts.identity.here), JSON)

    async def node(self, request: Request) -> Reply:
        """Say what kind of server this is."""
        version = cast("Version", request.path.rstrip("/").rpartition("/")[2])
        counts = await self._parts.db.read(statistics.counts)
        owner = await self._parts.db.read(accounts.owner)
        document = discovery.node(
            self._parts.identity.here,
            version,
            software=SOFTWARE,
            posts=counts.posts,
            active=counts.active,
            description=f"The server of {owner.name or owner.username}",
        )
        return _given(request, document.encode(), nodeinfo.content_type(version))


def _avatar(tx: Tx) -> str | None:
    return accounts.owner(tx).avatar


def _given(request: Request, body: bytes, content_type: str) -> Reply:
    """Return a document that changes rarely, or 304 to whoever has it already."""
    return validated(cacheable(body, content_type=content_type, keep=HOURS), request)
