"""Turns: a server that is asked for much at once is asked for one thing after the other.

Spec: SAFETY §2 (fetch); RULINGS 18.
"""

import trio

from smallfed.errors import TooMany
from smallfed.policy.budgets import Purpose
from smallfed.runtime.clock import Clock
from smallfed.workers.documents import Documents

PATIENCE = 10.0  # seconds that somebody who looks at something waits for a turn


async def take(documents: Documents, clock: Clock, url: str) -> None:
    """Return when something at ``url`` may be asked for, to be looked at; TooMany when that takes too long."""
    errand = documents.errand(Purpose.VIEW)
    with trio.move_on_after(PATIENCE):
        while True:
            try:
                return await documents.admit(url, errand)
            except TooMany as error:
                if error.retry_after > PATIENCE:
                    raise
                await clock.sleep(error.retry_after)
    raise TooMany("this server asks for too much at once", retry_after=10)
