"""Endorsing: the owner recommends people. Apps show it on the profile; it does not federate, as with Mastodon.

Spec: https://docs.joinmastodon.org/methods/accounts/#endorse, https://docs.joinmastodon.org/methods/endorsements/.
"""

from smallfed.domain.account import Account
from smallfed.errors import Invalid
from smallfed.store import endorsements, follows, houses
from smallfed.store.tx import Tx


def endorse(tx: Tx, account: Account) -> None:
    """Recommend somebody whom the owner follows; Invalid for others. Who is followed no longer is so no longer."""
    if not follows.has(tx, houses.owner_id(tx), account.id):
        raise Invalid("Validation failed: You must be already following the person you want to endorse")
    endorsements.put(tx, account.id)


def withdraw(tx: Tx, account: Account) -> None:
    """Recommend somebody no longer; nothing happens to who was not recommended."""
    endorsements.drop(tx, account.id)
