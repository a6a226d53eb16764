"""How others find us: webfinger, host-meta, nodeinfo.

Spec: RFC 7033, RFC 6415, NodeInfo 2.0 and 2.1 (FEP-f1d5), FEP-2677; PROTOCOL §1.1, §1.2.
"""

from urllib.parse import parse_qs

from smallfed import __version__
from smallfed.errors import Malformed, NotFound
from smallfed.federation.exchange import Reply, Request
from smallfed.protocol import hostmeta, nodeinfo, webfinger
from smallfed.store import statistics
from smallfed.workers.parts import Parts

FOR_ALL = (("access-control-allow-origin", "*"),)
CACHED = (("cache-control", "public, max-age=3600, stale-while-revalidate=86400"), *FOR_ALL)


class Discovery:
    """Answers the well-known addresses."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def webfinger(self, request: Request) -> Reply:
        """Say who a resource is: the owner, or the server itself."""
        house = self._parts.identity.here
        resource = parse_qs(request.query, max_num_fields=50).get("resource", [""])[0]
        if not webfinger.is_resource(resource):
            raise Malformed("ask with ?resource=acct:name@domain, or with the address of a profile")
        jrd = webfinger.describe(house, resource)
        if jrd is None:
            raise NotFound("nobody of that name lives here")
        return Reply(body=jrd, content_type="application/jrd+json; charset=utf-8", headers=CACHED)

    async def host_meta(self, request: Request) -> Reply:
        """Say where webfinger is, in XML or JSON."""
        house = self._parts.identity.here
        if request.path.endswith(".json"):
            return Reply(body=hostmeta.json(house), content_type="application/json; charset=utf-8", headers=CACHED)
        return Reply(body=hostmeta.xrd(house), content_type="application/xrd+xml; charset=utf-8", headers=CACHED)

    async def nodeinfo_index(self, request: Request) -> Reply:
        """Say where the NodeInfo documents are."""
        return Reply(body=nodeinfo.index(self._parts.identity.here), headers=CACHED)

    async def nodeinfo(self, request: Request) -> Reply:
        """Say what kind of server this is."""
        version = request.path.rpartition("/")[2]
        counts = await self._parts.db.read(statistics.counts)
        body = nodeinfo.document(
            self._parts.identity.here,
            version=version,
            software_version=__version__,
            posts=counts.posts,
            active=counts.active,
        )
        profile = f"http://nodeinfo.diaspora.software/ns/schema/{version}#"
        return Reply(body=body, content_type=f'application/json; profile="{profile}"; charset=utf-8', headers=CACHED)
