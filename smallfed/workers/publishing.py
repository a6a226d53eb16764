"""Publishing: posts for later are published at their hour, or after the next start.

A post is composed when it is due, like one that is sent now: who is mentioned may have become known. It is published
and forgotten in one transaction, so that it is published once, whatever happens in between.

Spec: RULINGS 9.
"""

import logging
from datetime import timedelta
from math import inf

import trio

from smallfed.domain.scheduled_post import ScheduledPost
from smallfed.errors import SmallfedError, TooMany, Unavailable, Unreachable
from smallfed.observe.logging import event
from smallfed.runtime.bell import Bell
from smallfed.services import scheduling
from smallfed.store import scheduled_posts
from smallfed.workers import composing
from smallfed.workers.parts import Parts

log = logging.getLogger(__name__)

LOOK = 60.0  # seconds between two looks at a clock that somebody may set, or that stood still while the machine slept
LATER = timedelta(minutes=5)
PASSING = (Unavailable, Unreachable, TooMany)  # what may have gone in a while
FAULT = "A fault of this server kept it from being published: the log says which. Nothing is lost, give it a new time."


class Publishing:
    """Publishes what is due."""

    def __init__(self, parts: Parts, bell: Bell) -> None:
        self._parts, self._bell = parts, bell

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Publish until cancelled."""
        task_status.started()
        db = self._parts.db
        while True:
            while (due := await db.read(scheduled_posts.first)) is not None:
                await self._take_up(due)
            await self._bell.listen(await self._pause())

    async def _take_up(self, due: ScheduledPost) -> None:
        db = self._parts.db
        try:
            draft = await composing.compose(
                self._parts, due.wish, application=due.application, idempotency=due.idempotency
            )
            await db.patient_write(scheduling.publish, due.id, draft)
        except PASSING as error:
            event(log, "scheduled.postponed", post=due.id, error=error)
            await db.patient_write(scheduled_posts.postpone, due.id, self._parts.clock.now() + LATER)
        except SmallfedError as error:
            event(log, "scheduled.halted", level=logging.WARNING, post=due.id, error=error)
            await db.patient_write(scheduled_posts.halt, due.id, error.message)
        except Exception:  # what is wrong with one must not hold up the others
            log.exception("the scheduled post %d", due.id)
            await db.patient_write(scheduled_posts.halt, due.id, FAULT)

    async def _pause(self) -> float:
        due = await self._parts.db.read(scheduled_posts.next_due)
        return inf if due is None else min((due - self._parts.clock.now()).total_seconds(), LOOK)
