"""Which address of the raw door is answered by whom: the whole table."""

import trio

from smallfed.domain.remote import PREFIX as COPIES
from smallfed.federation.barred import Barred
from smallfed.federation.blocks import PATH as BLOCKS
from smallfed.federation.blocks import Blocks
from smallfed.federation.collections import OF_OWNER, OF_POST, OF_RELAY, Collections
from smallfed.federation.copies import Copies
from smallfed.federation.discovery import Discovery
from smallfed.federation.exchange import Reply
from smallfed.federation.files import PREFIX as FILES
from smallfed.federation.files import Files
from smallfed.federation.followers import Followers
from smallfed.federation.front import Handler
from smallfed.federation.gate import Gate
from smallfed.federation.health import Health
from smallfed.federation.inbox import Inbox
from smallfed.federation.metrics import PATH as METRICS
from smallfed.federation.metrics import Metrics
from smallfed.federation.objects import Objects
from smallfed.federation.refusing import Refusing
from smallfed.federation.stamps import PREFIX, Stamps
from smallfed.federation.viewers import Viewers
from smallfed.protocol.negotiation import wants_activity
from smallfed.runtime.shelf import Shelf
from smallfed.workers.parts import Parts

READ = frozenset({"GET", "HEAD"})


class Routes:
    """Finds who answers."""

    def __init__(self, parts: Parts, metrics: Metrics | None = None) -> None:
        self._parts = parts
        kept = Shelf[Reply](parts.hub, lambda reply: len(reply.body))
        barred, self.refusing = Barred(parts.db, parts.hub), Refusing(parts)
        self._inbox = Inbox(parts, barred, self.refusing)
        viewers = Viewers(parts, barred)
        self._objects = Objects(parts, kept, viewers)
        self._stamps = Stamps(parts, kept, viewers)
        self._collections = Collections(parts, kept, viewers)
        self._followers = Followers(parts, viewers)
        self._gate = Gate(parts, viewers, self.refusing)
        self._files, self._copies = Files(parts), Copies(parts)
        discovery, health = Discovery(parts), Health(parts)
        self._fixed: dict[str, Handler] = {
            "/.well-known/webfinger": discovery.webfinger,
            "/.well-known/host-meta": discovery.host_meta,
            "/.well-known/host-meta.json": discovery.host_meta,
            "/.well-known/nodeinfo": discovery.node_index,
            "/nodeinfo/2.0": discovery.node,
            "/nodeinfo/2.1": discovery.node,
            "/healthz": health.alive,
            "/readyz": health.ready,
            "/health": health.alive,
            BLOCKS: Blocks(parts, kept).listed,
            "/actor": self._objects.instance,
            "/actor/outbox": self._collections.of_instance,
            "/actor/inbox": self._inbox.closed,
            "/inbox": self._inbox.closed,
            "/relay": self._objects.relay,
            "/relay/inbox": self._inbox.closed,
            **{f"/relay/{name}": self._collections.of_relay for name in OF_RELAY},
        }
        if metrics is not None and metrics.is_shown:
            self._fixed[METRICS] = metrics.guarded

    def find(self, method: str, path: str, accept: str | None) -> Handler | None:
        """Return who answers, or None when it is for Quart."""
        if method == "POST":
            return self._find_inbox(path)
        if method not in READ:
            return None
        return self._fixed.get(path.rstrip("/")) or self._find_owned(path, accept)

    def _find_inbox(self, path: str) -> Handler | None:
        if path in ("/inbox", "/actor/inbox", "/relay/inbox"):
            return self._inbox.shared
        house = self._parts.identity.house
        return self._inbox.personal if house is not None and path == f"/users/{house.username}/inbox" else None

    def _find_owned(self, path: str, accept: str | None) -> Handler | None:
        house = self._parts.identity.house
        if house is None:
            return None
        if path.startswith(FILES):
            return self._copies.file if path.startswith(COPIES) else self._files.file
        if path.startswith("/emojis/"):
            return self._gate.before(self._objects.emoji)
        profile = f"/@{house.username}"
        if path == profile or path.startswith(f"{profile}/"):  # shared with the pages: who wants a page goes there
            if accept is None or not wants_activity(accept):
                return None
            return self._gate.before(self._objects.owner if path == profile else self._objects.note_page)
        if path.startswith(PREFIX):
            return self._gate.before(self._stamps.stamp)
        root = f"/users/{house.username}"
        if path == root:
            return self._gate.before(self._objects.owner, leads_on=True)
        return self._find_below(path.removeprefix(f"{root}/")) if path.startswith(f"{root}/") else None

    def _find_below(self, tail: str) -> Handler | None:
        if tail in OF_OWNER:
            return self._gate.before(self._collections.of_owner)
        match tail.split("/"):
            case ["notes", _]:
                return self._gate.before(self._objects.note, leads_on=True)
            case ["notes", _, "activity"]:
                return self._gate.before(self._objects.note)
            case ["notes", _, name] if name in OF_POST:
                return self._gate.before(self._collections.of_post)
            case ["boosts", _]:
                return self._gate.before(self._objects.boost)
            case ["inbox"]:
                return self._inbox.closed
            case ["followers_synchronization"]:
                return self._followers.here
            case _:
                return None

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Write into the ledger what is refused at the door."""
        task_status.started()
        await self.refusing.run()
