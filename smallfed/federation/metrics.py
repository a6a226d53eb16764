"""Metrics: figures for Prometheus, at an address of their own or to who brings a secret. To nobody else.

Spec: https://prometheus.io/docs/instrumenting/exposition_formats/; RFC 6750 §2.1.
"""

import hmac
import logging
from pathlib import Path

from smallfed.errors import Misconfigured, NotFound
from smallfed.federation.exchange import Reply, Request, answer, refusal, request_of
from smallfed.observe.logging import event
from smallfed.pages.asgi import Receive, Scope, Send
from smallfed.workers.figures import CONTENT_TYPE, Figures

log = logging.getLogger(__name__)

PATH = "/metrics"
SHORTEST = 16  # characters of a secret


class Metrics:
    """Answers ``PATH``. Without a ``secret`` nobody has it at the usual door."""

    def __init__(self, figures: Figures, secret: str | None) -> None:
        self._figures, self._secret = figures, secret

    @property
    def is_shown(self) -> bool:
        """Whether anybody can have figures at the usual door."""
        return self._secret is not None

    async def guarded(self, request: Request) -> Reply:
        """Give figures to who brings the secret; to all others it looks as if there were none."""
        scheme, _, said = (request.header("authorization") or "").partition(" ")
        known = self._secret is not None and hmac.compare_digest(said.strip().encode(), self._secret.encode())
        if scheme.lower() != "bearer" or not known:
            event(log, "metrics.refused", caller=request.caller)
            raise NotFound("not found")
        return await self._reply()

    async def open(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be the application at the address of our own."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        request = request_of(scope, receive, "")
        found = request.method in ("GET", "HEAD") and request.path == PATH
        await answer(await self._reply() if found else refusal(404, "not found"), scope, send)

    async def _reply(self) -> Reply:
        return Reply(
            body=await self._figures.text(), content_type=CONTENT_TYPE, headers=(("cache-control", "no-store"),)
        )


async def _live(receive: Receive, send: Send) -> None:
    """Say that there is nothing to be begun or ended."""
    for _ in range(2):
        said = await receive()
        await send({"type": f"{said['type']}.complete"})


def secret(file: Path | None) -> str | None:
    """Read the secret, None when there is no file for it; Misconfigured when it could be guessed."""
    if file is None:
        return None
    found = file.read_text(encoding="utf-8").strip()
    if len(found) < SHORTEST or not found.isascii() or not found.isprintable() or " " in found:
        raise Misconfigured(
            f"metrics.token_file: {file} must hold one secret of {SHORTEST} characters or more, without spaces"
        )
    return found
