"""A bell that wakes a loop before its time."""

import trio


class Bell:
    """Loops listen to it, others ring it.

    A ring wakes everybody who listens. A ring that nobody hears is kept for the next one who listens; several such
    rings are one.
    """

    def __init__(self) -> None:
        self._rung = trio.Event()

    def ring(self) -> None:
        """Wake the listeners. Call it from the event loop's own thread."""
        self._rung.set()

    async def listen(self, seconds: float) -> bool:
        """Return True as soon as the bell rings, False after ``seconds`` without a ring."""
        rung = self._rung
        with trio.move_on_after(max(0.0, seconds)):
            await rung.wait()
        if rung.is_set() and self._rung is rung:  # the first listener to wake hangs up a fresh bell for all
            self._rung = trio.Event()
        return rung.is_set()
