"""Complaints, which the server makes."""

from collections.abc import Sequence

from smallfed.domain.house import House
from smallfed.protocol.emitted import Activity


def flag(house: House, *, uri: str, account: str, posts: Sequence[str], comment: str) -> Activity:
    """Return the Flag ``uri``: the server's own actor reports ``account`` for ``posts``, and says nothing of the owner.

    The object is a list, the account first: Pleroma and GoToSocial want it so.
    """
    return Activity(
        id=uri, type="Flag", actor=house.instance_actor, to=(account,), object=(account, *posts), content=comment
    )
