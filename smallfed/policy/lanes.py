"""Lanes: whom to ask next when there is much to ask of several hosts, so that a slow one delays nobody else.

Spec: RULINGS 1, 18; SAFETY rule 26 and §2 (per-host work).
"""

from collections import deque
from math import inf
from typing import Generic, TypeVar

from msgspec import Struct

TICK = 0.001  # a wait is a little longer than it must be: times are not exact

T = TypeVar("T")


class Turn(Struct, Generic[T], frozen=True, kw_only=True):
    """Something that is being done at ``host`` since then."""

    host: str
    thing: T
    since: float


class Lanes(Generic[T]):
    """What is to be done, by host. ``now`` is in seconds of a clock that only grows.

    At most ``per_host`` things are under way at one host. Of all that are under way, those younger than ``young``
    seconds are at most ``at_once``: what takes longer waits for somebody slow and is in nobody's way.
    """

    def __init__(self, *, at_once: int = 4, per_host: int = 2, young: float = 1.0) -> None:
        self._at_once, self._per_host, self._young = at_once, per_host, young
        self._waiting: dict[str, deque[T]] = {}
        self._begun: dict[str, list[float]] = {}
        self._paused: dict[str, float] = {}
        self._left: set[str] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self._waiting and not self._begun

    def put(self, host: str, thing: T, *, first: bool = False) -> bool:
        """Let ``thing`` wait for its turn, before others with ``first``; False when the host is left alone."""
        if host in self._left:
            return False
        lane = self._waiting.setdefault(host, deque())
        lane.appendleft(thing) if first else lane.append(thing)
        return True

    def take(self, now: float) -> Turn[T] | None:
        """Begin what comes next, host by host in turns; None when nothing may begin now."""
        if self._busy(now) >= self._at_once:
            return None
        host = next((host for host in self._waiting if self._free(host, now) <= 0), None)
        if host is None:
            return None
        lane = self._waiting.pop(host)
        turn = Turn(host=host, thing=lane.popleft(), since=now)
        if lane:
            self._waiting[host] = lane  # behind the others
        self._begun.setdefault(host, []).append(now)
        return turn

    def done(self, turn: Turn[T]) -> None:
        """Note that it is no longer under way."""
        begun = self._begun[turn.host]
        begun.remove(turn.since)
        if not begun:
            del self._begun[turn.host]

    def pause(self, host: str, until: float) -> None:
        """Begin nothing at ``host`` until then."""
        self._paused[host] = max(until, self._paused.get(host, until))

    def leave(self, host: str) -> int:
        """Forget what waits for ``host``, and take nothing more for it; return how much that was."""
        self._left.add(host)
        return len(self._waiting.pop(host, ()))

    def leave_all(self) -> int:
        """Forget everything that waits; return how much that was."""
        left = sum(len(lane) for lane in self._waiting.values())
        self._waiting.clear()
        return left

    def wait(self, now: float) -> float:
        """Return the seconds until something may begin although nothing ends, 0 when it may now."""
        soonest = min((self._free(host, now) for host in self._waiting), default=inf)
        young = sorted(since for begun in self._begun.values() for since in begun if now - since < self._young)
        if len(young) >= self._at_once:
            soonest = max(soonest, young[len(young) - self._at_once] + self._young - now)
        return soonest + TICK if soonest > 0 else 0.0

    def _busy(self, now: float) -> int:
        return sum(now - since < self._young for begun in self._begun.values() for since in begun)

    def _free(self, host: str, now: float) -> float:
        """Return the seconds until something may begin at this host; without end where only an end can help."""
        if len(self._begun.get(host, ())) >= self._per_host:
            return inf
        return max(0.0, self._paused.get(host, now) - now)
