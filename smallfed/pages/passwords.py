"""The owner's password: one at a time, in a thread."""

from quart import current_app

from smallfed.pages.quart import LIMITER, parts
from smallfed.policy import passwords
from smallfed.store import houses


async def matches(password: str) -> bool:
    """Whether this is the owner's password; as slow whatever the answer."""
    house = parts()
    owner = await house.db.read(houses.owner)
    return await house.aside.thread(
        passwords.matches, password, owner.password, limiter=current_app.extensions[LIMITER]
    )


async def hashed(password: str) -> str:
    """Return what is stored for a new password."""
    salt = parts().dice(8 * passwords.SALT_BYTES).to_bytes(passwords.SALT_BYTES)
    return await parts().aside.thread(_hashed, password, salt, limiter=current_app.extensions[LIMITER])


def _hashed(password: str, salt: bytes) -> str:
    return passwords.hashed(password, salt=salt)
