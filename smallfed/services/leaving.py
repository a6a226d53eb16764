"""Leaving: the owner deletes the account, for good. There is no way back.

Spec: PROTOCOL §8.3.
"""

from msgspec import structs

from smallfed.domain.events import OwnerLeft, TokensRevoked
from smallfed.domain.house import House
from smallfed.errors import Conflict, Invalid
from smallfed.store import accounts, farewells, houses
from smallfed.store.tx import Tx

NO_PASSWORD = ""
"""No hash: nothing that is typed is the password."""


def leave(tx: Tx, handle: str) -> House:
    """Leave, if ``handle`` is the owner's, typed to confirm it; Invalid for any other, Conflict when that was done.

    From the commit on the house answers that it is gone; the rest of what was here is cleared slice by slice.
    """
    house = houses.get(tx)
    require_present(tx)
    if handle.strip().removeprefix("@").lower() != house.handle.lower():
        raise Invalid(f"that is not your handle: type {house.handle} to confirm that you want to leave")
    owner = accounts.owner(tx)
    farewells.put(tx)
    farewells.clear_queue(tx)
    tx.announce(OwnerLeft(account=owner.id))  # while we still know whom we know
    tx.announce(TokensRevoked(tokens=houses.drop_tokens(tx)))
    houses.end_sessions(tx)
    houses.put_owner(tx, structs.replace(houses.owner(tx), password=NO_PASSWORD, note="", fields=(), language=None))
    accounts.change(tx, owner.id, name="", note="", fields=(), emojis=(), avatar=None, header=None, gone_at=tx.now)
    return house


def require_present(tx: Tx) -> None:
    """Raise Conflict when the owner has left: nothing is changed here any more."""
    if farewells.has(tx):
        raise Conflict("the owner of this server has left; nothing can be changed here any more")
