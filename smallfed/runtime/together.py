"""Together: what several bring within a moment is stored in one transaction; each is answered after the commit.

For what comes often from somebody who is in no hurry: a commit for each would be noticed by whoever reads meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import trio

from smallfed.errors import Unavailable
from smallfed.runtime.clock import Clock

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


class Together(Generic[Thing, Answer]):
    """Lets things wait for ``seconds``, then has ``store`` store them all and say of each what became of it."""

    def __init__(
        self, store: Callable[[Sequence[Thing]], Awaitable[Sequence[Answer]]], clock: Clock, *, seconds: float
    ) -> None:
        self._store, self._clock, self._seconds = store, clock, seconds
        self._batch: _Batch[Thing, Answer] | None = None

    async def put(self, thing: Thing) -> Answer:
        """Store something with what else comes; return what became of it. Unavailable when it could not be stored.

        Once it waits it is stored, whatever becomes of the caller.
        """
        leads = self._batch is None
        batch = self._batch = self._batch or _Batch()
        number = len(batch.things)
        batch.things.append(thing)
        if leads:
            await self._lead(batch)
        await batch.done.wait()
        if batch.answers is None:
            raise Unavailable("it could not be stored with what came together with it")
        return batch.answers[number]

    async def _lead(self, batch: "_Batch[Thing, Answer]") -> None:
        """Store a batch, on behalf of all that are in it: who comes first does it, and so nobody waits for a loop."""
        try:
            with trio.CancelScope(shield=True):
                await self._clock.sleep(self._seconds)
                self._batch = None
                batch.answers = await self._store(batch.things)
        finally:
            batch.done.set()


class _Batch(Generic[Thing, Answer]):
    def __init__(self) -> None:
        self.things = list[Thing]()
        self.answers: Sequence[Answer] | None = None
        self.done = trio.Event()
