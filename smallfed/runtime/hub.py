"""The hub: what has been committed is told to whoever listens, in commit order.

On the event loop only. Telling never waits: bells are rung, and a listener who does not keep up loses its place, alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import trio

from smallfed.domain.events import Event
from smallfed.runtime.bell import Bell

QUEUE = 256  # events a listener may be behind


class Subscription:
    """The events since it began, for ``async for``. It ends after the last it had room for once it fell behind.

    With ``kinds`` only those of exactly these types.
    """

    def __init__(self, queue: int, kinds: Collection[type[Event]] | None = None) -> None:
        self._send, self._receive = trio.open_memory_channel[Event](queue)
        self._kinds = kinds
        self.behind = False

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Event:
        try:
            return await self._receive.receive()
        except (trio.EndOfChannel, trio.ClosedResourceError):
            raise StopAsyncIteration from None

    async def some(self, most: int) -> list[Event]:
        """Return what there is, at most so many, as soon as there is something; nothing once it has ended."""
        found: list[Event] = []
        try:
            found.append(await self._receive.receive())
            while len(found) < most:
                found.append(self._receive.receive_nowait())
        except (trio.EndOfChannel, trio.ClosedResourceError, trio.WouldBlock):
            pass
        return found

    def put(self, event: Event) -> None:
        """Add ``event``, or end the subscription when there is no room for it."""
        if self._kinds is not None and type(event) not in self._kinds:
            return
        try:
            self._send.send_nowait(event)
        except trio.WouldBlock:
            self.behind = True
            self._send.close()

    def close(self) -> None:
        """End it now; what is still in the queue is dropped."""
        self._send.close()
        self._receive.close()


class Rings(Protocol):
    """A bell, or whatever else wants to know at once that something has happened."""

    def ring(self) -> None:
        """Take note; must not wait."""


class Hub:
    """Knows the listeners and the bells."""

    def __init__(self) -> None:
        self._bells: defaultdict[type[Event], list[Rings]] = defaultdict(list)
        self._subscriptions: list[Subscription] = []

    def on(self, kind: type[Event], bell: Rings) -> None:
        """Ring ``bell`` whenever events of ``kind`` have been committed; once for those of one commit."""
        self._bells[kind].append(bell)

    def bell(self, *kinds: type[Event]) -> Bell:
        """Return a bell that events of these ``kinds`` ring."""
        bell = Bell()
        for kind in kinds:
            self.on(kind, bell)
        return bell

    @contextmanager
    def subscribe(self, queue: int = QUEUE) -> Iterator[Subscription]:
        """Listen to every event from now on, being at most ``queue`` events behind."""
        subscription = self.begin(queue)
        try:
            yield subscription
        finally:
            self.end(subscription)

    def begin(self, queue: int = QUEUE, kinds: Collection[type[Event]] | None = None) -> Subscription:
        """Do as ``subscribe``, to every event or to ``kinds`` of them, until ``end``."""
        subscription = Subscription(queue, kinds)
        self._subscriptions.append(subscription)
        return subscription

    def end(self, subscription: Subscription) -> None:
        """Listen no more."""
        subscription.close()
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def publish(self, events: Sequence[Event]) -> None:
        """Tell everybody of ``events``, which are committed."""
        for kind in {kind for event in events for kind in type(event).__mro__}:
            for bell in self._bells.get(kind, ()):
                bell.ring()
        for subscription in self._subscriptions:
            for event in events:
                if not subscription.behind:
                    subscription.put(event)
        self._subscriptions = [s for s in self._subscriptions if not s.behind]
