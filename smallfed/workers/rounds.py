"""Rounds: much is asked of several hosts, each in its turn, until nothing is left or the budget is.

Spec: RULINGS 1, 18; SAFETY rules 25, 26; PROTOCOL §4.13. Who is next is decided by ``policy/lanes``.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from typing import Generic, Protocol, TypeVar

import trio

from smallfed.domain.uris import host
from smallfed.errors import Invalid, SmallfedError, TooMany, Unreachable
from smallfed.policy.budgets import Errand
from smallfed.policy.lanes import Lanes, Turn
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import Clock
from smallfed.runtime.no_answer import NoAnswer
from smallfed.workers.documents import Unusable
from smallfed.workers.memory import Memory

log = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds for one step
STRIKES = 2  # silences in a row after which a host is left alone


class Step(Protocol):
    """Something to be done at the host of ``uri``; steps that are equal are the same."""

    @property
    def uri(self) -> str: ...  # noqa: D102 - the class says it


T = TypeVar("T", bound=Step)


class Grudges:
    """What need not be asked again for a while: addresses that held nothing for us, and hosts that do not answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._barren = Memory[str, str](most=10_000, seconds=3600)
        self._silent = Memory[str, str](most=2000, seconds=600)

    def bear(self, uri: str, why: str) -> None:
        """Remember that there is nothing for us at ``uri``."""
        self._barren.put(uri, why, self._clock.monotonic())

    def has(self, uri: str) -> bool:
        """Whether there was nothing for us at ``uri`` lately."""
        return self._barren.find(uri, self._clock.monotonic()) is not None

    def shun(self, name: str, why: str) -> None:
        """Remember that a host does not answer."""
        self._silent.put(name, why, self._clock.monotonic())

    def shuns(self, name: str) -> bool:
        """Whether a host did not answer lately."""
        return self._silent.find(name, self._clock.monotonic()) is not None


class Rounds(Generic[T]):
    """Does steps. ``do(step)`` raises a SmallfedError where it cannot be done; ``settle(step)`` hears of its end.

    What has to wait for a budget is done later, what was not answered is tried once more; who does not answer at all
    is left alone, like ``resting`` hosts. Steps that are given up so are not settled.
    """

    def __init__(
        self,
        clock: Clock,
        errand: Errand,
        grudges: Grudges,
        *,
        do: Callable[[T], Awaitable[None]],
        settle: Callable[[T], Awaitable[None]],
    ) -> None:
        self._clock, self._errand, self._grudges = clock, errand, grudges
        self._do, self._settle = do, settle
        self._lanes, self._bell = Lanes[T](), Bell()
        self._strikes, self._again = Counter[str](), set[T]()
        self._budget = errand.left
        self.resting: Collection[str] = ()
        self.ended: dict[str, None] = {}  # the limits that were met, each once, in their order

    def put(self, step: T, *, first: bool = False) -> bool:
        """Let ``step`` wait for its turn, before others with ``first``; False when its host is left alone."""
        name = host(step.uri) or ""
        if name in self.resting or self._grudges.shuns(name):
            self._leave(name, f"{name} does not answer")
        return self._lanes.put(name, step, first=first)

    async def run(self) -> None:
        """Do what there is to do, and what comes of it."""
        async with trio.open_nursery() as nursery:
            while self._begin(nursery):
                await self._bell.listen(self._lanes.wait(self._clock.monotonic()))

    def _begin(self, nursery: trio.Nursery) -> bool:
        """Begin what may begin now; return whether there is anything to wait for."""
        now = self._clock.monotonic()
        if self._errand.over(now):
            self._give_up()
        while (chosen := self._lanes.take(now)) is not None:
            nursery.start_soon(self._take, chosen)
        return not self._lanes.idle

    def _give_up(self) -> None:
        if self._lanes.leave_all():
            self.ended[f"{self._budget} requests" if self._errand.left <= 0 else "no more time"] = None

    async def _take(self, chosen: Turn[T]) -> None:
        trouble: SmallfedError | None = NoAnswer("timeout", f"{chosen.host} takes too long.")
        with trio.move_on_after(PATIENCE):
            trouble = await self._tried(chosen.thing)
        self._lanes.done(chosen)
        if self._is_over(chosen, trouble):
            await self._settle(chosen.thing)
        self._bell.ring()

    async def _tried(self, step: T) -> SmallfedError | None:
        try:
            await self._do(step)
        except SmallfedError as error:
            return error
        except Exception:  # a bug about one step is that step's trouble
            log.exception("while asking for %r", step.uri)
            return Invalid("There is a bug about it.")
        return None

    def _is_over(self, chosen: Turn[T], trouble: SmallfedError | None) -> bool:
        """Decide what the end of a step means for its lane; return whether there will be nothing more of it."""
        match trouble:
            case None:
                self._strikes.pop(chosen.host, None)
            case TooMany(retry_after=wait):
                self._put_off(chosen, trouble.message, wait)
                return False
            case Unreachable() if not isinstance(trouble, Unusable):
                return self._strike(chosen, trouble)
            case _:
                self._grudges.bear(chosen.thing.uri, trouble.message)
        return True

    def _put_off(self, chosen: Turn[T], why: str, wait: float) -> None:
        """Do it later, if there is a later; what the budget forbids is given up with everything else."""
        now = self._clock.monotonic()
        if now + wait >= self._errand.until and not self._errand.over(now):
            self._leave(chosen.host, why)
        else:
            self._lanes.pause(chosen.host, now + wait)
            self._lanes.put(chosen.host, chosen.thing, first=True)

    def _strike(self, chosen: Turn[T], trouble: Unreachable) -> bool:
        self._strikes[chosen.host] += 1
        if self._strikes[chosen.host] >= STRIKES:
            self._grudges.shun(chosen.host, trouble.message)
            self._leave(chosen.host, f"{chosen.host} does not answer")
            return False
        if chosen.thing in self._again:
            self._grudges.bear(chosen.thing.uri, trouble.message)
            return True
        self._again.add(chosen.thing)
        self._lanes.put(chosen.host, chosen.thing)
        return False

    def _leave(self, name: str, why: str) -> None:
        self._lanes.leave(name)
        self.ended[why] = None
