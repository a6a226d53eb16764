"""The courier: one delivery is signed, sent and judged; signed the other way and sent once more where that may help.

Spec: PROTOCOL §2.1, §2.6, §6.2, §6.3; RULINGS 19.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from smallfed.errors import Unavailable
from smallfed.observe import event
from smallfed.policy.retrying import (
    Decision,
    Fault,
    GiveUp,
    OtherScheme,
    Reply,
    Sent,
    Silence,
    judge,
    onward,
    retry_after,
)
from smallfed.runtime.client import Http, NoAnswer
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.identity import Identity
from smallfed.store.deliveries import Delivery
from smallfed.store.hosts import Scheme
from smallfed.store.settlements import Outcome, Untried

PATIENCE = 30.0  # seconds for one request, from the moment it gets its place
SLOW = 5.0  # seconds after which a host is no longer waited for among the others
ANSWER = 1 << 16  # bytes of an answer that are read, so that the connection can be kept
STALE = timedelta(seconds=10)  # a signature made ahead is not used any more when it is as old
OTHER: dict[Scheme, Scheme] = {"cavage": "rfc9421", "rfc9421": "cavage"}
DEFAULT: Scheme = "cavage"

Heard = Reply | Silence | Fault

log = logging.getLogger(__name__)


class Ahead(Struct, frozen=True, kw_only=True):
    """A signature made before its turn."""

    url: str
    scheme: Scheme
    headers: list[tuple[str, str]]
    at: datetime

    def serves(self, url: str, scheme: Scheme, now: datetime) -> bool:
        """Whether it is for this request and still fresh."""
        return self.url == url and self.scheme == scheme and abs(now - self.at) < STALE


class Letter(Struct, frozen=True, kw_only=True):
    """A delivery with its body, and headers of its own, which are signed like the rest."""

    item: Delivery
    body: bytes
    extra: tuple[tuple[str, str], ...] = ()
    ahead: Ahead | None = None

    @property
    def scheme(self) -> Scheme:
        """How it is signed first."""
        return self.item.scheme or DEFAULT


class Courier:
    """Knows how to send one delivery."""

    def __init__(self, http: Http, clock: Clock, dice: Dice, identity: Identity) -> None:
        self._http, self._clock, self._dice, self._identity = http, clock, dice, identity

    async def deliver(self, letter: Letter) -> Outcome:
        """Make one attempt and judge it. Never raises: what goes wrong is this delivery's own failure."""
        item, begun = letter.item, self._clock.now()
        if item.gone:
            return Outcome(item=item, begun=begun, result=GiveUp("HTTP 410 a while ago: there is nobody any more"))
        try:
            return await self._knock(letter)
        except Unavailable as error:  # it is our own machine that cannot, or the owner's proxy
            event(log, "delivery.held", level=logging.WARNING, error=error)
            return Outcome(item=item, begun=begun, result=Untried(held=True))

    async def _knock(self, letter: Letter) -> Outcome:
        item = letter.item
        answer, begun = first, _ = await self._ask(letter, letter.scheme)
        decision = self._judge(answer, item, knocked=False)
        challenge = first.challenge if isinstance(first, Reply) else None
        knocked = isinstance(decision, OtherScheme) or challenge is not None
        other: Scheme = OTHER[letter.scheme] if challenge is None else "rfc9421"
        if knocked:
            answer, _ = await self._ask(letter, other, challenge)
            decision = self._judge(answer, item, knocked=True)
        assert not isinstance(decision, OtherScheme)
        return Outcome(
            item=item,
            result=first if isinstance(first, Silence) else decision,
            begun=begun,
            answered=isinstance(first, Reply),
            slow=(self._clock.now() - begun).total_seconds() > SLOW,
            denied=isinstance(answer, Reply) and answer.status == 401,
            learned=other if knocked and isinstance(decision, Sent) else None,
            unlearn=knocked and item.scheme is not None,
        )

    def _judge(self, answer: Heard, item: Delivery, *, knocked: bool) -> Decision | OtherScheme:
        accepted = isinstance(answer, Reply) and 200 <= answer.status < 300
        return judge(
            answer,
            attempt=item.failures + 1,
            dice=0.0 if accepted else self._dice(16) / (1 << 16),  # chance costs a system call
            denials=item.denials,
            knocked=knocked,
            known=item.scheme is not None,
        )

    async def _ask(self, letter: Letter, scheme: Scheme, challenge: str | None = None) -> tuple[Heard, datetime]:
        """Send it, to where a redirect leads as well; return the answer, and when the turn of the request had come."""
        turn = Turn(letter, scheme, self._identity, self._clock, challenge)
        url: str | None = letter.item.inbox
        heard: Heard = Fault("not sent")
        for _ in range(2):
            if url is not None:
                heard = await self._post(url, letter.body, turn)
                url = onward(url, heard) if isinstance(heard, Reply) else None
        return heard, turn.begun

    async def _post(self, url: str, body: bytes, turn: "Turn") -> Heard:
        try:
            answer = await self._http.request("POST", url, body=body, sign=turn.sign, limit=ANSWER, deadline=PATIENCE)
        except NoAnswer as error:
            return unanswered(error)
        except Unavailable:
            raise
        except Exception as error:  # one poisoned item must not stop the others
            log.exception("a bug while delivering to %r", url)
            return Fault(repr(error))
        return Reply(
            status=answer.status,
            retry_after=retry_after(answer.header("retry-after"), now=self._clock.now()),
            location=answer.header("location"),
            challenge=answer.header("accept-signature") if answer.status == 401 else None,
        )


class Turn:
    """Signs a delivery when its turn among the requests has come, and remembers when that was."""

    def __init__(
        self, letter: Letter, scheme: Scheme, identity: Identity, clock: Clock, challenge: str | None = None
    ) -> None:
        self._letter, self._scheme, self._clock = letter, scheme, clock
        self._challenged = challenge is not None
        extra, speaker = letter.extra, letter.item.speaker
        self._sign = (
            identity.sign_post(scheme, extra=extra, speaker=speaker)
            if challenge is None
            else identity.answer_post(challenge, extra=extra, speaker=speaker)
        )
        self.begun = clock.now()

    def sign(self, method: str, url: str, body: bytes | None) -> list[tuple[str, str]]:
        """Return the headers to add."""
        self.begun = self._clock.now()
        ahead = self._letter.ahead
        if ahead is not None and not self._challenged and ahead.serves(url, self._scheme, self.begun):
            return ahead.headers
        return self._sign(method, url, body)


def unanswered(error: NoAnswer) -> Silence | Fault:
    """Say what it means that there was no answer; Unavailable when it is the owner's proxy that failed."""
    match error.kind:
        case "proxy":
            raise Unavailable(error.message, detail=error.detail) from error
        case "url":
            return Fault(error.message, final=True)
        case "timeout" | "protocol" | "encoding":
            return Silence(error.message, reached=True)
        case _:
            return Silence(error.message)


def sign_ahead(letters: Sequence[Letter], identity: Identity, clock: Clock) -> list[Letter]:
    """Return ``letters`` with signatures for now. Takes its time: for a thread.

    What cannot be signed is left as it is; it will meet the same error when its turn comes, alone.
    """
    return [_signed(letter, identity, clock) for letter in letters]


def _signed(letter: Letter, identity: Identity, clock: Clock) -> Letter:
    url, now = letter.item.inbox, clock.now()
    try:
        sign = identity.sign_post(letter.scheme, extra=letter.extra, speaker=letter.item.speaker)
        headers = sign("POST", url, letter.body)
    except Exception:  # noqa: BLE001 - see above
        return letter
    return structs.replace(letter, ahead=Ahead(url=url, scheme=letter.scheme, headers=headers, at=now))
