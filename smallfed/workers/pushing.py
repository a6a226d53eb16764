"""Pushing: what waits for apps that do not run is sent to their push services. One nursery, one lane per host.

Every fact is in the database: a push is a row until a push service has taken it, or until it is no news any more.

Spec: RFC 8030 §5; CLIENT_API §7; RULINGS 9; SAFETY rules 22, 26, 35, 38, 39.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil, inf
from pathlib import Path

import trio
from msgspec import Struct, json, structs

from smallfed.errors import Unavailable
from smallfed.observe import event
from smallfed.policy import pushing as rules
from smallfed.policy import targets
from smallfed.policy.pushing import LIFE, Decision, Forget, Shorten
from smallfed.policy.retrying import Fault, GiveUp, Reply, Retry, Silence, onward, retry_after
from smallfed.policy.targets import Target
from smallfed.protocol import webpush
from smallfed.protocol.webpush import LARGEST, Message
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.client import Answer, Http, NoAnswer
from smallfed.runtime.clock import Clock, Dice
from smallfed.runtime.database import Database
from smallfed.runtime.identity import Identity
from smallfed.runtime.seal import Seal
from smallfed.services import pushing
from smallfed.services.pushing import Letter
from smallfed.store import pushes
from smallfed.store.pushes import Push
from smallfed.store.tx import Tx
from smallfed.workers.courier import unanswered

PACE = 0.01  # seconds from one turn to the next
LANES = 16  # hosts at once: each costs a request
PATIENCE = 30.0  # seconds for one request
ANSWER = 1 << 14  # bytes of an answer that are read, so that the connection can be kept
HOLD = 10.0  # seconds without a new claim when we cannot write or send
URGENCY = "normal"

log = logging.getLogger(__name__)


class Turn(Struct, frozen=True, kw_only=True):
    """What is to be pushed now, and when there will be more."""

    items: list[Push]
    next_due: datetime | None


def take_turn(tx: Tx, *, busy: Collection[str], room: int) -> Turn:
    """Claim for at most ``room`` hosts, none of them ``busy``."""
    items = pushes.claim(tx, limit=room * pushes.PER_HOST, busy=busy)
    hosts = list(dict.fromkeys(item.host for item in items))[:room]
    taken = [item for item in items if item.host in hosts]
    return Turn(items=taken, next_due=pushes.next_due(tx, busy={*busy, *hosts}))


class Pusher:
    """Sends what waits. Neither crash nor shutdown loses anything: a row waits until it is settled."""

    def __init__(
        self,
        db: Database,
        http: Http,
        clock: Clock,
        dice: Dice,
        identity: Identity,
        aside: Aside,
        data: Path,
        bell: Bell,
    ) -> None:
        self._db, self._http, self._clock, self._dice = db, http, clock, dice
        self._identity, self._aside, self._bell = identity, aside, bell
        self._seal = Seal(data, dice)
        self._busy: set[str] = set()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Push until cancelled; ``bell`` says that there is something new."""
        self._busy.clear()  # a loop that was restarted is busy with nobody
        async with trio.open_nursery() as lanes:
            task_status.started()
            while True:
                seconds = await self._turn(lanes)
                await self._clock.sleep(PACE)
                await self._bell.listen(seconds)

    async def _turn(self, lanes: trio.Nursery) -> float:
        """Start what is due; return for how many seconds there is nothing to do unless the bell rings."""
        room = LANES - len(self._busy)
        if room <= 0:
            return inf
        turn = await self._db.read(take_turn, busy=self._busy, room=room)
        for host in dict.fromkeys(item.host for item in turn.items):
            self._busy.add(host)
            lanes.start_soon(self._drive, host, [item for item in turn.items if item.host == host])
        full = len(self._busy) >= LANES
        return inf if full or turn.next_due is None else (turn.next_due - self._clock.now()).total_seconds()

    async def _drive(self, host: str, items: Sequence[Push]) -> None:
        """Push to one host, one after the other, as long as it answers."""
        try:
            for item in items:
                if not await self._push(item):
                    break
        except Unavailable as error:  # a full disk, or the owner's proxy
            event(log, "push.held", level=logging.WARNING, host=host, error=error)
            await self._clock.sleep(HOLD)
        finally:
            self._busy.discard(host)
            self._bell.ring()

    async def _push(self, item: Push) -> bool:
        """Make one attempt and write down what came of it; False when the host is to be left alone."""
        try:
            letter = await self._db.read(pushing.compose, item)
            decision = None if letter is None else await self._attempt(item, letter)
        except Unavailable:
            raise
        except Exception as error:  # one poisoned push must not stop the others
            log.exception("the push %d", item.id)
            decision = self._judge(item, Fault(repr(error)), short=True)
        if decision is None:
            await self._db.patient_write(pushes.drop, item)
            return True
        await self._db.patient_write(pushing.settle, item, decision)
        _tell(item, decision)
        return not (isinstance(decision, Retry) and decision.rest)

    async def _attempt(self, item: Push, letter: Letter) -> Decision:
        message = await self._addressed(letter)
        decision = self._judge(item, await self._send(item, letter, _encoded(message)), short=False)
        if isinstance(decision, Shorten):
            decision = self._judge(item, await self._send(item, letter, _encoded(_bare(message))), short=True)
        return decision

    async def _addressed(self, letter: Letter) -> Message:
        """Return the message with the token in it, by which apps tell their accounts apart."""
        about = str(letter.subscription.token_id).encode()
        token = await self._aside.thread(self._open, letter.subscription.sealed, about)
        return structs.replace(letter.message, access_token=token)

    def _open(self, sealed: bytes, about: bytes) -> str:
        return self._seal.open(sealed, about=about) or ""

    def _judge(self, item: Push, answer: Reply | Silence | Fault, *, short: bool) -> Decision:
        return rules.judge(
            answer,
            attempt=item.attempts + 1,
            age=self._clock.now() - item.created_at,
            dice=self._dice(16) / (1 << 16),
            short=short,
        )

    # One request ------------------------------------------------------------------------------------------------
    async def _send(self, item: Push, letter: Letter, message: bytes) -> Reply | Silence | Fault:
        """Encrypt and send it, to where a redirect within the same server leads as well."""
        address = letter.subscription.address
        target = targets.read(address.endpoint, allow_http=self._identity.here.trial)
        if not isinstance(target, Target):
            return Fault(f"the endpoint {target.reason}", final=True)
        sealed = webpush.encrypt(
            message,
            p256dh=address.p256dh,
            auth=address.auth,
            salt=self._dice(128).to_bytes(16),
            standard=address.standard,
        )
        audience = f"{target.scheme}://{target.authority}"
        headers = [
            *sealed.headers,
            *self._identity.introduce(audience, crypto_key=sealed.crypto_key),
            ("TTL", str(max(0, ceil((item.created_at + LIFE - self._clock.now()).total_seconds())))),
            ("Urgency", URGENCY),
        ]
        heard = await self._post(target.url, headers, sealed.body)
        further = onward(target.url, heard) if isinstance(heard, Reply) else None
        return heard if further is None else await self._post(further, headers, sealed.body)

    async def _post(self, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Reply | Silence | Fault:
        try:
            answer: Answer = await self._http.request(
                "POST", url, headers=headers, body=body, limit=ANSWER, deadline=PATIENCE
            )
        except NoAnswer as error:
            return Fault(error.message, final=True) if error.kind == "refused-address" else unanswered(error)
        return Reply(
            status=answer.status,
            retry_after=retry_after(answer.header("retry-after"), now=self._clock.now()),
            location=answer.header("location"),
        )


def _encoded(message: Message) -> bytes:
    """Return the message as JSON, small enough for every push service."""
    encoded = json.encode(message)
    return encoded if len(encoded) <= LARGEST else json.encode(_bare(message))


def _bare(message: Message) -> Message:
    """Return a message with only what an app needs to ask for the rest."""
    return structs.replace(message, icon="", title="", body="")


def _tell(item: Push, decision: Decision) -> None:
    match decision:
        case GiveUp(why=why):
            event(log, "push.lost", host=item.host, push=item.id, why=why)
        case Forget(why=why):
            event(log, "push.unsubscribed", host=item.host, subscription=item.subscription_id, why=why)
        case _:
            pass
