"""Supervising: a loop that crashes is started again after a while; the house does not fall with it."""

import logging
from collections.abc import Awaitable
from typing import Protocol

import trio
from msgspec import Struct

log = logging.getLogger(__name__)


class Run(Protocol):
    """A loop: it says when it is ready and returns only when it has nothing more to do."""

    def __call__(self, *, task_status: trio.TaskStatus[None]) -> Awaitable[None]:
        """Run the loop."""


class Backoff(Struct, frozen=True, kw_only=True):
    """How long to wait before the next start: doubling from ``first`` to ``longest`` seconds.

    A loop that ran for ``healthy`` seconds begins with ``first`` again.
    """

    first: float = 1.0
    longest: float = 60.0
    healthy: float = 300.0


DEFAULT = Backoff()


async def supervise(
    name: str,
    run: Run,
    *,
    backoff: Backoff = DEFAULT,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Run ``run`` until it returns or is cancelled, starting it again whenever it raises.

    Only what it raises before it was ready for the first time passes through: a house whose loop cannot start at all
    must not pretend to stand.
    """
    ready = _Once(task_status)
    wait = backoff.first
    while True:
        begun = trio.current_time()
        try:
            await run(task_status=ready)
        except Exception:
            if not ready.said:
                raise
            if trio.current_time() - begun >= backoff.healthy:
                wait = backoff.first
            log.exception("%s crashed and starts again in %g s", name, wait)
        else:
            return
        await trio.sleep(wait)
        wait = min(2 * wait, backoff.longest)


class _Once:
    """Passes the first ``started`` on and swallows those of the restarts."""

    def __init__(self, status: trio.TaskStatus[None]) -> None:
        self.said = False
        self._status = status

    def started(self, value: None = None) -> None:
        """Say that the loop is ready."""
        if not self.said:
            self.said = True
            self._status.started(value)
