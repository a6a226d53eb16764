"""Is the house alive, and is it ready? For whoever watches it."""

from smallfed.federation.exchange import Reply, Request
from smallfed.workers.parts import Parts

UNCACHED = (("cache-control", "no-store"),)
TEXT = "text/plain; charset=utf-8"


class Health:
    """Answers ``/healthz``, ``/readyz`` and Mastodon's ``/health``."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def alive(self, request: Request) -> Reply:
        """Say that the process answers."""
        return Reply(body=b"OK", content_type=TEXT, headers=UNCACHED)

    async def ready(self, request: Request) -> Reply:
        """Say whether the database takes what it is given; 503 with the reason when not."""
        health = self._parts.db.health
        if not health.alive:
            return Reply(status=503, body=b"the database is not open", content_type=TEXT, headers=UNCACHED)
        if health.full:
            return Reply(
                status=503, body=b"the disk is full: nothing can be stored", content_type=TEXT, headers=UNCACHED
            )
        return Reply(body=b"OK", content_type=TEXT, headers=UNCACHED)
