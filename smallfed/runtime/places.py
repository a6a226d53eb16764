"""Who may talk to another server now, so that slow servers delay nobody but themselves."""

from collections import OrderedDict

import trio

from smallfed.runtime.bell import Bell

TICK = 0.001  # moments nearer than this are the same


class Ticket:
    """One request in flight."""

    __slots__ = ("host", "since")

    def __init__(self, host: str, since: float) -> None:
        self.host = host
        self.since = since


class Seats:
    """The requests to one host: how many are wanted, and the few that may run."""

    __slots__ = ("free", "wanted")

    def __init__(self, seats: int) -> None:
        self.free = trio.Semaphore(seats, max_value=seats)
        self.wanted = 0


class Places:
    """At most two requests per host, each first on a working place, later on a waiting place.

    A request keeps its working place for its ``first`` second. From then on it sits on a waiting place, and whoever
    stands at the door takes the working place. While less than half of the waiting places are taken, a request
    gives way after ``pressed`` seconds already: servers on the other side of the world take longer than that to
    answer, and waiting for the network costs nothing. A host whose last request outlasted the first second begins
    on a waiting place.

    Nothing here runs by itself: places are counted again when somebody comes or goes.
    """

    def __init__(
        self,
        *,
        per_host: int = 2,
        working: int = 32,
        waiting: int = 512,
        first: float = 1.0,
        pressed: float = 0.05,
        remembered: int = 4096,
    ) -> None:
        self._per_host, self._most_working, self._most_waiting = per_host, working, waiting
        self._first, self._pressed, self._remembered = first, pressed, remembered
        # The slow who begin on a waiting place leave some for those who must give way.
        self._most_slow = max(1, waiting - working)
        self._seats: dict[str, Seats] = {}
        self._working: OrderedDict[Ticket, None] = OrderedDict()
        self._waiting: set[Ticket] = set()
        self._slow: OrderedDict[str, None] = OrderedDict()
        self._doors = (trio.Lock(), trio.Lock())
        self._bells = (Bell(), Bell())

    @property
    def in_flight(self) -> int:
        """How many requests hold a place."""
        return len(self._working) + len(self._waiting)

    @property
    def hosts(self) -> int:
        """How many hosts somebody talks to or waits for."""
        return len(self._seats)

    def is_slow(self, host: str) -> bool:
        """Tell whether the last request to ``host`` outlasted its first second."""
        return host in self._slow

    async def take(self, host: str) -> Ticket:
        """Wait for a place to talk to ``host``, in the order of asking. Give it back with :meth:`leave`."""
        seats = self._seats.setdefault(host, Seats(self._per_host))
        seats.wanted += 1
        try:
            await seats.free.acquire()
            try:
                return await self._enter(host)
            except BaseException:
                seats.free.release()
                raise
        except BaseException:
            self._unwanted(host, seats)
            raise

    def leave(self, ticket: Ticket) -> None:
        """Give a place back. How long it was held decides where the host begins next time."""
        self._working.pop(ticket, None)
        self._waiting.discard(ticket)
        self._slow.pop(ticket.host, None)
        if trio.current_time() - ticket.since > self._first:
            self._slow[ticket.host] = None
            if len(self._slow) > self._remembered:
                self._slow.popitem(last=False)
        seats = self._seats[ticket.host]
        seats.free.release()
        self._unwanted(ticket.host, seats)
        for bell in self._bells:
            bell.ring()

    async def _enter(self, host: str) -> Ticket:
        slow = host in self._slow
        async with self._doors[slow]:  # one stands at the door, the others queue behind
            while not (len(self._waiting) < self._most_slow if slow else self._working_place()):
                await self._bells[slow].listen(float("inf") if slow else self._next_move())
            ticket = Ticket(host, trio.current_time())
            if slow:
                self._waiting.add(ticket)
            else:
                self._working[ticket] = None
            return ticket

    def _working_place(self) -> bool:
        if len(self._working) >= self._most_working and self._next_move() < TICK:
            ticket, _ = self._working.popitem(last=False)
            self._waiting.add(ticket)
        return len(self._working) < self._most_working

    def _next_move(self) -> float:
        """Seconds until the eldest of the working gives way; for ever while there is nowhere to go."""
        if len(self._waiting) >= self._most_waiting:
            return float("inf")
        roomy = len(self._waiting) < self._most_waiting // 2
        eldest = next(iter(self._working))
        return eldest.since + (min(self._pressed, self._first) if roomy else self._first) - trio.current_time()

    def _unwanted(self, host: str, seats: Seats) -> None:
        seats.wanted -= 1
        if seats.wanted == 0:
            del self._seats[host]
