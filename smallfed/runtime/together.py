"""Together: what several bring within a while is stored in one transaction; each is answered after the commit.

For what comes often from somebody who is in no hurry: whoever reads meanwhile would notice a commit for each, and many
answers at once. So the more comes, the longer it waits for more, and answers go out one after the other.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import trio

from smallfed.errors import Unavailable
from smallfed.runtime.clock import Clock

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


class Together(Generic[Thing, Answer]):
    """Lets things wait, then has ``store`` store them all and say of each what became of it.

    It waits ``seconds`` for more while one comes in that time, so many times longer as more come, up to ``most``; the
    answers of one commit take half of that again.
    """

    def __init__(
        self,
        store: Callable[[Sequence[Thing]], Awaitable[Sequence[Answer]]],
        clock: Clock,
        *,
        seconds: float,
        most: float,
    ) -> None:
        self._store, self._clock, self._seconds, self._most = store, clock, seconds, most
        self._patience = seconds
        self._batch: _Batch[Thing, Answer] | None = None

    async def put(self, thing: Thing) -> Answer:
        """Store something with what else comes; return what became of it. Unavailable when it could not be stored.

        Once it waits it is stored, whatever becomes of the caller.
        """
        leads = self._batch is None
        batch = self._batch = self._batch or _Batch()
        number = len(batch.things)
        batch.things.append(thing)
        batch.told.append(trio.Event())
        if leads:
            await self._lead(batch)
        await batch.told[number].wait()
        if batch.answers is None:
            raise Unavailable("it could not be stored with what came together with it")
        return batch.answers[number]

    async def _lead(self, batch: "_Batch[Thing, Answer]") -> None:
        """Store a batch, on behalf of all that are in it: who comes first does it, and so nobody waits for a loop."""
        patience = self._patience
        with trio.CancelScope(shield=True):
            try:
                await self._clock.sleep(patience)
                self._batch = None
                self._patience = min(max(self._seconds, self._seconds * len(batch.things)), self._most)
                batch.answers = await self._store(batch.things)
                for told in batch.told:
                    told.set()
                    await self._clock.sleep(patience / 2 / len(batch.told))
            finally:
                for told in batch.told:
                    told.set()


class _Batch(Generic[Thing, Answer]):
    def __init__(self) -> None:
        self.things = list[Thing]()
        self.told = list[trio.Event]()
        self.answers: Sequence[Answer] | None = None
