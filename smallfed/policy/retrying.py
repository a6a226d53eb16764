"""Retrying: what an answer to a delivery means, and how long to leave it, or its host, alone.

An answer is the delivery's own matter: it goes by the schedule. Silence is, as a rule, the host's: everything for it
waits, in order, and one delivery at a time asks again. Pure rules; ``dice`` is in [0, 1).

Spec: PROTOCOL §2.6, §6.2 (Ours); RULINGS 19; RFC 9110 §10.2.3 (Retry-After), §15.4 (redirects); SAFETY rule 39.
"""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
WAITS: Sequence[float] = (
    *(30.0, 2 * MINUTE, 8 * MINUTE, 30 * MINUTE),
    *(2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR),
    *(48 * HOUR, 48 * HOUR, 48 * HOUR),
)
PATIENCE = sum(WAITS)  # seconds: 188 hours, after which a delivery to a silent host is given up
JITTER = 0.25
LONGEST_ASKED = 6 * HOUR  # more than this nobody may ask of us by Retry-After
LONGEST_REST = DAY  # even a host that is long dead is asked once a day
OPEN_AFTER = 5  # silences in a row
DENIALS = 3  # retries after both signature schemes were refused

TEMPORARY = frozenset({408, 425, 429})


class Reply(Struct, frozen=True):
    """The host answered. ``retry_after`` is in seconds; ``location`` is where a redirect leads.

    ``challenge`` is what signature it asks for (Accept-Signature), with a 401.
    """

    status: int
    retry_after: float | None = None
    location: str | None = None
    challenge: str | None = None


class Silence(Struct, frozen=True):
    """Nobody answered. ``reached``: there was a connection, so it may lie in what was sent."""

    why: str
    reached: bool = False


class Fault(Struct, frozen=True):
    """We could not even send it: a bug of ours, or (``final``) an address that is none."""

    why: str
    final: bool = False


class Sent(Struct, frozen=True):
    """It is delivered."""

    why: str


class Retry(Struct, frozen=True):
    """Try again after ``wait`` seconds. The host asked to hear nothing at all for ``rest`` seconds."""

    wait: float
    why: str
    rest: float = 0.0


class GiveUp(Struct, frozen=True):
    """Never try again. ``gone``: there is nobody behind this inbox any more."""

    why: str
    gone: bool = False


class OtherScheme(Struct, frozen=True):
    """Send it again at once, signed the other way."""


Decision = Sent | Retry | GiveUp


class Blame(Struct, frozen=True):
    """Whose failure a silence is."""

    host: bool
    item: bool


def judge(
    answer: Reply | Silence | Fault,
    *,
    attempt: int,
    dice: float,
    denials: int = 0,
    knocked: bool = False,
    known: bool = False,
) -> Decision | OtherScheme:
    """Decide about one delivery.

    ``attempt`` counts its own failures from 1, this one included; ``denials`` how often it met 401 before. ``knocked``:
    both schemes have been tried just now. ``known``: we know which scheme this host takes.
    """
    match answer:
        case Fault(why=why, final=True):
            return GiveUp(why)
        case Silence(why=why) | Fault(why=why):
            return _again(attempt, dice, why)
        case Reply(status=status) if 200 <= status < 300:
            return Sent(f"HTTP {status}")
        case Reply(status=401) if not knocked:
            return OtherScheme()
        case Reply(status=400) if not knocked and not known:
            return OtherScheme()
        case Reply(status=401) if denials >= DENIALS:
            return GiveUp("HTTP 401, whichever way it is signed")
        case Reply(status=status) if _is_temporary(status):
            return _again(attempt, dice, f"HTTP {status}", asked=answer.retry_after)
        case Reply(status=status):
            return GiveUp(f"HTTP {status}", gone=status == 410)


def _is_temporary(status: int) -> bool:
    return status in TEMPORARY or status == 401 or (status >= 500 and status != 501)


def _again(attempt: int, dice: float, why: str, *, asked: float | None = None) -> Retry | GiveUp:
    if attempt > len(WAITS):
        return GiveUp(f"{why}, {attempt} times")
    rest = min(asked or 0.0, LONGEST_ASKED)
    return Retry(max(jittered(WAITS[attempt - 1], dice), rest), why, rest)


def jittered(seconds: float, dice: float) -> float:
    """Return up to a quarter more than ``seconds``, so that what failed together does not come back together."""
    return seconds * (1 + JITTER * dice)


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date; None when there is none that makes sense."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or now.tzinfo) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def onward(inbox: str, reply: Reply) -> str | None:
    """Return where a POST may follow a redirect to: 307 and 308 within the same origin, nothing else."""
    if reply.status not in (307, 308) or reply.location is None:
        return None
    try:
        target = urljoin(inbox, reply.location)
        same = urlsplit(target)[:2] == urlsplit(inbox)[:2]
    except ValueError:
        return None
    return target if same else None


# Hosts --------------------------------------------------------------------------------------------------------------
def blame(silence: Silence, *, others_answered: bool, host_failures: int, item_failures: int) -> Blame:
    """Say whose failure it is that nobody answered.

    ``others_answered``: since this was begun, the host has answered something else. A delivery that reached the host
    and met silence goes by its own schedule in any case, so that it cannot stand in the way of all others; and when it
    happens to it again, that says nothing new about a host whose circuit is closed.
    """
    if others_answered:
        return Blame(host=False, item=True)
    if not silence.reached:
        return Blame(host=True, item=False)
    return Blame(host=item_failures == 0 or is_open(host_failures), item=True)


def is_open(failures: int) -> bool:
    """Tell whether a host that was silent so often in a row is taken for dead."""
    return failures >= OPEN_AFTER


def rest(failures: int, dice: float) -> float:
    """Return for how many seconds a host that was silent ``failures`` times in a row is left alone."""
    return jittered(min(WAITS[min(failures, len(WAITS)) - 1], LONGEST_REST), dice)
