"""Knocking: what the door refuses before anybody is believed, counted by reason and by whom somebody says to be of.

A refusal costs one more look at its headers, and no write: all of some seconds is written down at once
(``federation/refusing``). Whoever calls from one address says few names a day that are written down; of more, and of
more than ``MOST`` in that time, only how many there were.
"""

import re
from collections import Counter

from smallfed.domain import uris
from smallfed.domain.knock import NOBODY, OTHERS, Knock
from smallfed.errors import (
    Forbidden,
    Malformed,
    NotFound,
    SmallfedError,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from smallfed.federation.callers import Names
from smallfed.federation.exchange import Ambiguous, LongAddress, LongHead, Request, Unsupported
from smallfed.federation.turned import Shut
from smallfed.protocol.signatures import verifying
from smallfed.protocol.signatures.kinds import Altered, Forged, Misdirected, Unsigned, Untimely
from smallfed.protocol.signatures.message import Message
from smallfed.runtime.clock import Clock
from smallfed.workers.keys import KeyUnreachable, NoKey

MOST = 500  # that are told apart between two times of writing down
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"  # any other word of whoever asks
_HOST = re.compile(r"[a-z0-9._:\[\]-]{1,260}")


class Elsewhere(Unauthenticated):
    """What somebody sends has its id on another server than its actor."""


class KeptOut(NotFound):
    """Who wants to read is kept away by the owner, and is told that there is nothing."""


REASONS: dict[type[SmallfedError], tuple[str, str]] = {
    Unsigned: ("unsigned", "It was not signed."),
    Forged: ("signature", "The signature is not that of the key it names."),
    Untimely: ("time", "It was signed at another time than now; one of the two clocks may be wrong."),
    Misdirected: ("host", "It was signed for a name that this server does not have."),
    Altered: ("digest", "What came is not what was signed."),
    NoKey: ("key", "The key it names is not to be had, or is not theirs."),
    KeyUnreachable: ("unreachable", "The server of its key could not be asked."),
    Elsewhere: ("origin", "Its id is on another server than who is said to have done it."),
    Unauthenticated: ("weak", "It was signed in a way that proves too little."),
    Shut: ("shut out", "You keep its server away; whoever called has named too many to be written down one by one."),
    Forbidden: ("forbidden", "Its key is where nothing is asked for."),
    KeptOut: ("kept out", "You keep away who wanted to read this; they were told that there is nothing."),
    Unsupported: ("type", "It came as something that is not taken (Content-Type, Content-Encoding)."),
    Ambiguous: ("framing", "Where it ended could be read in two ways."),
    Malformed: ("malformed", "It could not be read."),
    LongHead: ("head", "Its headers were too many or too long."),
    LongAddress: ("address", "Its address was too long."),
    TooLarge: ("size", "It was too large."),
    TooMany: ("rate", "Too much came at once; who sends well comes again."),
    Unavailable: ("full", "There was no room for it at that time; who sends well comes again."),
    SmallfedError: ("other", "It was not taken."),
}
"""Kind of error → the last word of the rule, and the reason, as the ledger has them."""


class Knocking:
    """Counts what is refused until it is written down."""

    def __init__(self, clock: Clock) -> None:
        self._counts = Counter[tuple[str, str, type[SmallfedError]]]()
        self._names = Names(clock)

    def note(self, error: SmallfedError, request: Request, said: str = "") -> bool:
        """Count a request that was refused; ``said``: the actor that its body names.

        Whether it is the first since the last time that all was taken.
        """
        return self._count(error, request.method, self._named(request.caller, claimed(request, said)))

    def note_unread(self, error: SmallfedError, method: str) -> bool:
        """Count a request of which nothing but its form was looked at; otherwise as ``note``."""
        return self._count(error, method if method in METHODS else OTHER, NOBODY)

    def _count(self, error: SmallfedError, method: str, host: str) -> bool:
        first = not self._counts
        kind = next(kind for kind in type(error).__mro__ if kind in REASONS)
        key = host, method, kind
        if key not in self._counts and len(self._counts) >= MOST:
            key = OTHERS, method, kind
        self._counts[key] += 1
        return first

    def take(self) -> list[Knock]:
        """Return what was refused, and forget it."""
        taken, self._counts = self._counts, Counter()
        return [_knock(*key, times) for key, times in taken.items()]

    def _named(self, caller: str, host: str) -> str:
        """Return under which name a host is counted, of which somebody says to be."""
        return host if host == NOBODY or self._names.admit(caller, host) else OTHERS


def _knock(host: str, method: str, kind: type[SmallfedError], times: int) -> Knock:
    rule, reason = REASONS[kind]
    return Knock(host=host, method=method, rule=f"door: {rule}", reason=reason, times=times)


def claimed(request: Request, said: str = "") -> str:
    """Return the host of which a request says to be: that of its key, or of the actor ``said``; or NOBODY."""
    name = uris.host(_key(request)) or uris.host(said) or NOBODY
    return name if _HOST.fullmatch(name) else NOBODY


def _key(request: Request) -> str | None:
    message = Message(
        method=request.method, authority=request.header("host") or "", target=request.target, headers=request.headers
    )
    try:
        return next((claim.key_id for claim in verifying.parse(message)), None)
    except SmallfedError:
        return None
