"""The doorstep: the owner is let in by the password, and by a code where one is asked for; or by a passkey.

A passkey is enough by itself: it is something the owner has, and verifies with a finger, a face or a PIN who has it.
It cannot be guessed either, so it is not counted: while strangers try passwords, the owner still comes in.

Spec: SAFETY §1.5; RULINGS 26.
"""

import logging
from typing import NoReturn

from msgspec import Struct
from quart import Response, request

from smallfed.errors import SmallfedError, TooMany, Unauthenticated
from smallfed.observe.logging import event
from smallfed.pages import agents, passwords, visits
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.pages.visits import Visit
from smallfed.policy.challenging import challenges
from smallfed.protocol import passkeys
from smallfed.services import entering, guarding
from smallfed.services.guarding import Guard
from smallfed.store import factors
from smallfed.store.factors import Passkey
from smallfed.store.tx import Tx

log = logging.getLogger(__name__)

LOGIN = "login"


class Entrance(Struct, frozen=True, kw_only=True):
    """What a form has to ask for. ``halfway``: the password was right, now for the rest; else the password.

    ``code``: there are one-time or recovery codes; ``passkey``: what the browser is asked, where there are passkeys.
    """

    halfway: bool
    code: bool
    passkey: str | None


class Shown(Struct, frozen=True, kw_only=True):
    """A page with an entrance: its status and headers, and what is said to be wrong."""

    entrance: Entrance
    problem: str | None = None
    status: int = 200
    retry_after: int | None = None

    def on(self, response: Response) -> Response:
        """Return the page with what belongs into its headers."""
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


async def first(visit: Visit) -> Shown:
    """Return how the way in begins."""
    return Shown(entrance=await _entrance(visit, halfway=False))


async def come_in(form: Tree, visit: Visit) -> str | Shown:
    """Take the next step; return what the cookie of the new session holds, or what is to be shown first."""
    try:
        cookie = await _step(form, visit)
    except (Unauthenticated, TooMany) as error:
        return await _again(form, visit, error)
    return cookie if cookie is not None else Shown(entrance=await _entrance(visit, halfway=True))


async def _again(form: Tree, visit: Visit, error: SmallfedError) -> Shown:
    halfway = "code" in form and await parts().db.read(entering.is_halfway, visit.secret)
    entrance = await _entrance(visit, halfway=halfway)
    if isinstance(error, TooMany):
        return Shown(entrance=entrance, problem=error.message, status=429, retry_after=int(error.retry_after) + 1)
    return Shown(entrance=entrance, problem=error.message, status=403)


async def _entrance(visit: Visit, *, halfway: bool) -> Entrance:
    house = parts()
    guard, key = await house.db.read(_guard)
    passkey = None
    if guard.passkeys and key is not None:
        now, _ = challenges(key, LOGIN, visit.secret, house.clock.now())
        passkey = passkeys.request(visits.place(), challenge=now)
    return Entrance(halfway=halfway, code=guard.codes or guard.recovery_left > 0, passkey=passkey)


def _guard(tx: Tx) -> tuple[Guard, bytes | None]:
    return guarding.guard(tx), guarding.challenge_key(tx)


async def _step(form: Tree, visit: Visit) -> str | None:
    """Return the new cookie; None when the password was right and more is asked for."""
    caller, agent = request.remote_addr or "unknown", agents.browser()
    if answer := form.text("passkey"):
        return await _by_passkey(answer, visit, caller, agent)
    if "code" in form:
        return await _by_code(form.text("code") or "", visit, caller, agent)
    await _count(caller)
    if not await passwords.matches(form.text("password") or ""):
        _refuse(caller, "That is not the password.")
    cookie = await parts().db.write(_by_password, visit, caller, agent)
    event(log, "login" if cookie else "login.halfway", caller=caller)
    return cookie


async def _count(caller: str) -> None:
    """Count an attempt; TooMany after failures."""
    house = parts()
    wait = await house.db.write(entering.attempt, caller) if house.config.limits.rate else None
    if wait is not None:
        seconds = max(1, round(wait.total_seconds()))
        event(log, "login.paused", caller=caller, seconds=seconds)
        raise TooMany(f"Too many wrong passwords. Please wait {_words(seconds)}.", retry_after=seconds)


def _words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"


def _refuse(caller: str, message: str) -> NoReturn:
    event(log, "login.refused", caller=caller)
    raise Unauthenticated(message)


def _by_password(tx: Tx, visit: Visit, caller: str, agent: str) -> str | None:
    if guarding.guard(tx).more:
        entering.come_halfway(tx, visit.secret)
        return None
    return entering.enter(tx, caller, agent=agent, instead_of=visit.secret)


async def _by_code(code: str, visit: Visit, caller: str, agent: str) -> str:
    await _count(caller)
    db = parts().db
    if not await db.read(entering.is_halfway, visit.secret):
        raise Unauthenticated("That took too long. Please begin again with your password.")
    cookie = await db.write(_redeemed, code, visit, caller, agent)
    if cookie is None:
        _refuse(caller, "That code is not right, or was used already. The app shows another every half minute.")
    event(log, "login", caller=caller)
    return cookie


def _redeemed(tx: Tx, code: str, visit: Visit, caller: str, agent: str) -> str | None:
    if not guarding.redeem(tx, code):
        return None
    return entering.enter(tx, caller, agent=agent, instead_of=visit.secret)


async def _by_passkey(answer: str, visit: Visit, caller: str, agent: str) -> str:
    house = parts()
    key = await house.db.read(guarding.challenge_key)
    if key is None:
        _refuse(caller, passkeys.REFUSED)
    ours = challenges(key, LOGIN, visit.secret, house.clock.now())
    id_, challenge = passkeys.signed(answer, ours)
    passkey = await house.db.read(factors.find_passkey, id_)
    if passkey is None:
        _refuse(caller, passkeys.REFUSED)
    counter = passkeys.counted(
        visits.place(), answer, challenge, public_key=passkey.public_key, counter=passkey.counter
    )
    cookie = await house.db.write(_signed, passkey, challenge, counter, visit, caller, agent)
    event(log, "login", caller=caller, passkey=passkey.name)
    return cookie


def _signed(tx: Tx, passkey: Passkey, challenge: bytes, counter: int, visit: Visit, caller: str, agent: str) -> str:
    guarding.sign(tx, passkey.id, challenge, seen=passkey.counter, counter=counter)
    return entering.enter(tx, caller, agent=agent, instead_of=visit.secret)
