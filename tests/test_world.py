"""The fixtures themselves."""

from smallfed.domain.account import Account
from smallfed.store import accounts, houses
from smallfed.store.tx import Tx
from tests.conftest import Know


def test_the_owner_lives_in_the_house(tx: Tx, owner: Account) -> None:
    """The owner's addresses are those of the house."""
    house = houses.get(tx)

    assert (house.base, house.handle) == ("https://home.example", "alice@home.example")
    assert (owner.uri, owner.inbox) == (house.actor, house.inbox)
    assert houses.owner(tx).account_id == owner.id


def test_knowing_somebody(tx: Tx, know: Know) -> None:
    """Columns are those of the Struct."""
    bob = know("bob@far.example", locked=True)

    assert bob.locked
    assert accounts.find_uri(tx, "https://far.example/users/bob") == bob
