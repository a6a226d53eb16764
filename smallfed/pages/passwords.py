"""The owner's password is tried: few times, one at a time, in a thread."""

import logging

from quart import current_app, request

from smallfed.errors import TooMany, Unauthenticated
from smallfed.observe.logging import event
from smallfed.pages.quart import LIMITER, parts
from smallfed.policy import passwords
from smallfed.services import entering
from smallfed.store import houses

log = logging.getLogger(__name__)


async def log_in(password: str) -> str:
    """Return what the cookie of the new session holds. Unauthenticated when it is wrong, TooMany after failures."""
    house, caller = parts(), request.remote_addr or "unknown"
    if house.config.limits.rate:
        wait = await house.db.write(entering.attempt, caller)
        if wait is not None:
            seconds = max(1, round(wait.total_seconds()))
            event(log, "login.paused", caller=caller, seconds=seconds)
            raise TooMany(f"Too many wrong passwords. Please wait {_words(seconds)}.", retry_after=seconds)
    owner = await house.db.read(houses.owner)
    if not await house.aside.thread(
        passwords.matches, password, owner.password, limiter=current_app.extensions[LIMITER]
    ):
        event(log, "login.refused", caller=caller)
        raise Unauthenticated("That is not the password.")
    event(log, "login", caller=caller)
    return await house.db.write(entering.enter, caller)


async def hashed(password: str) -> str:
    """Return what is stored for a new password."""
    salt = parts().dice(8 * passwords.SALT_BYTES).to_bytes(passwords.SALT_BYTES)
    return await parts().aside.thread(_hashed, password, salt, limiter=current_app.extensions[LIMITER])


def _hashed(password: str, salt: bytes) -> str:
    return passwords.hashed(password, salt=salt)


def _words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
