"""Pushing: which apps are told, what the answer of a push service means, and how long we go on trying.

Spec: CLIENT_API §7; RFC 8030 §§5, 7.3, 8.3, RFC 8292 §4.2; Mastodon's limits (a push is worth telling for two days).
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec import Struct

from smallfed.domain.subscription import From
from smallfed.policy.retrying import (
    HOUR,
    LONGEST_ASKED,
    MINUTE,
    TEMPORARY,
    Fault,
    GiveUp,
    Reply,
    Retry,
    Sent,
    Silence,
    jittered,
)

LIFE = timedelta(hours=48)  # how long a push is worth telling
PATIENCE = timedelta(days=30)  # how long a subscription may fail before it is forgotten
WAITS: Sequence[float] = (30.0, 2 * MINUTE, 8 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
REFUSALS = 3  # tries after which it is not our clock, nor a mishap of theirs
REFUSED = frozenset({400, 401, 403})
GONE = frozenset({404, 410})


class Shorten(Struct, frozen=True):
    """Send it again at once, with less in it."""


class Forget(Struct, frozen=True):
    """There is nobody behind this subscription any more."""

    why: str


Decision = Sent | Retry | GiveUp | Shorten | Forget


def wants(alerts: Collection[str], policy: From, type_: str, *, followed: bool, follower: bool) -> bool:
    """Whether an app wants to be told of a notification of this type, by somebody who is so related to the owner."""
    if type_ not in alerts:
        return False
    match policy:
        case From.ALL:
            return True
        case From.FOLLOWED:
            return followed
        case From.FOLLOWER:
            return follower
        case From.NONE:
            return False


def judge(answer: Reply | Silence | Fault, *, attempt: int, age: timedelta, dice: float, short: bool) -> Decision:
    """Decide about one push, made ``age`` ago; ``attempt`` counts from 1. ``short``: there is nothing to leave out."""
    match answer:
        case Reply(status=status) if 200 <= status < 300:
            return Sent(f"HTTP {status}")
        case Reply(status=status) if status in GONE:
            return Forget(f"HTTP {status}")
        case Reply(status=413) if not short:
            return Shorten()
        case Reply(status=status) if status in REFUSED and attempt < REFUSALS:
            return _again(attempt, age, dice, f"HTTP {status}")
        case Reply(status=status) if status in TEMPORARY or (status >= 500 and status != 501):
            return _again(attempt, age, dice, f"HTTP {status}", asked=answer.retry_after)
        case Reply(status=status):
            return GiveUp(f"HTTP {status}")
        case Fault(why=why, final=True):
            return GiveUp(why)
        case Silence(why=why) | Fault(why=why):
            return _again(attempt, age, dice, why, silent=isinstance(answer, Silence))


def _again(
    attempt: int, age: timedelta, dice: float, why: str, *, asked: float | None = None, silent: bool = False
) -> Retry | GiveUp:
    """Wait for longer each time; where nobody answers, or we are asked to, everything else for the host waits too."""
    rest = min(asked or 0.0, LONGEST_ASKED)
    wait = max(jittered(WAITS[min(attempt, len(WAITS)) - 1], dice), rest)
    if age + timedelta(seconds=wait) > LIFE:
        return GiveUp(f"{why}; after two days it is no news any more")
    return Retry(wait, why, wait if silent else rest)
