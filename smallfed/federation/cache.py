"""Our public objects as ready bytes: a post that goes round is a stampede of GETs, and each must cost next to nothing.

Bounded; thrown away as a whole whenever something of ours changes, which is rare compared with being read.
"""

from hashlib import sha256

from smallfed.domain import events
from smallfed.federation.exchange import Reply, Request
from smallfed.protocol.negotiation import CONTENT_TYPE

ENTRIES = 2000
PUBLIC = "public, max-age=60, stale-while-revalidate=600"
CHANGES = (
    events.PostPublished,
    events.PostEdited,
    events.PostDeleted,
    events.PostBoosted,
    events.BoostUndone,
    events.PostLiked,
    events.LikeUndone,
    events.PostReceived,
    events.FollowAccepted,
    events.FollowerLost,
    events.FollowRefused,
    events.FollowGranted,
    events.FollowDenied,
    events.FollowWithdrawn,
    events.ProfileChanged,
    events.HouseSetUp,
)


def cacheable(body: bytes, *, content_type: str = CONTENT_TYPE) -> Reply:
    """Return a public document with its validator, for us, for proxies and for other servers to keep."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = (("cache-control", PUBLIC), ("etag", etag), ("vary", "Accept"), ("access-control-allow-origin", "*"))
    return Reply(body=body, content_type=content_type, headers=headers)


def validated(reply: Reply, request: Request) -> Reply:
    """Return 304 instead of ``reply`` when whoever asks has it already. For public replies only."""
    known = request.header("if-none-match")
    if known is None or reply.status != 200:
        return reply
    etag = next((value for name, value in reply.headers if name == "etag"), None)
    if etag is None or etag not in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return reply
    return Reply(status=304, content_type=reply.content_type, headers=reply.headers)


class Cache:
    """Replies by path."""

    def __init__(self) -> None:
        self._replies: dict[str, Reply] = {}
        self._generation = 0

    def find(self, key: str) -> Reply | None:
        """Return the reply kept under ``key``."""
        return self._replies.get(key)

    @property
    def generation(self) -> int:
        """Return a number that changes whenever everything is thrown away."""
        return self._generation

    def put(self, key: str, reply: Reply, *, generation: int) -> None:
        """Keep ``reply``, unless something has changed since ``generation``, when it was begun."""
        if generation == self._generation:
            if len(self._replies) >= ENTRIES:
                self._replies.clear()
            self._replies[key] = reply

    def ring(self) -> None:
        """Throw everything away: the hub says that something of ours has changed."""
        self._generation += 1
        self._replies.clear()
