"""What somebody who is cut off may say all the same: that something we hold of theirs is over."""

import pytest

from smallfed.domain.account import Account
from smallfed.services import ending, liking
from smallfed.store import blocks
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

BOB, EVE, ALICE = "https://far.example/users/bob", "https://far.example/users/eve", "https://home.example/users/alice"
HIS, HERS, OURS = f"{BOB}/notes/1", f"{EVE}/notes/1", f"{ALICE}/notes/1"
FOLLOW, LIKE = f"{BOB}#follows/1", f"{BOB}#likes/1"


@pytest.mark.parametrize(
    ("type_", "thing", "about", "ends"),
    [
        ("Delete", HIS, HIS, True),
        ("Delete", BOB, BOB, True),
        ("Delete", HERS, HERS, False),
        ("Delete", OURS, OURS, False),
        ("Delete", f"{BOB}/notes/2", f"{BOB}/notes/2", False),
        ("Delete", EVE, EVE, False),
        ("Undo", FOLLOW, ALICE, True),
        ("Undo", FOLLOW, FOLLOW, True),  # its id alone
        ("Undo", f"{BOB}#follows/unknown", ALICE, True),
        ("Undo", LIKE, OURS, True),
        ("Undo", f"{BOB}#likes/unknown", OURS, True),
        ("Undo", f"{BOB}#likes/unknown", HERS, False),
        ("Undo", f"{EVE}#follows/1", EVE, False),
        ("Undo", "", "", False),
        ("Block", ALICE, ALICE, True),
        ("Block", EVE, EVE, False),
        ("Reject", "https://home.example/follows/1", BOB, False),
        ("Remove", HIS, HIS, False),
        ("Create", HIS, HIS, False),
        ("Update", BOB, BOB, False),
        ("Follow", ALICE, ALICE, False),
        ("Like", OURS, OURS, False),
    ],
)
def test_what_ends_something(
    tx: Tx, owner: Account, know: Know, type_: str, thing: str, about: str, ends: bool
) -> None:
    bob, eve = know("bob@far.example"), know("eve@far.example")
    tx.run("UPDATE follows SET uri = ? WHERE id = ?", FOLLOW, world.befriend(tx, bob, owner).id)
    world.say(tx, bob, uri=HIS)
    world.say(tx, eve, uri=HERS)
    liking.receive_like(tx, bob, world.say(tx, owner, uri=OURS), LIKE)

    assert ending.ends(tx, type_, BOB, thing, about) is ends
    assert not ending.ends(tx, type_, "https://far.example/users/nobody", thing, about)
    assert not ending.ends(tx, type_, ALICE, thing, about)


def test_a_block_of_theirs_can_be_undone(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    assert not ending.ends(tx, "Undo", BOB, f"{BOB}#blocks/1", ALICE)

    blocks.put(tx, bob.id, owner.id, f"{BOB}#blocks/1")

    assert ending.ends(tx, "Undo", BOB, f"{BOB}#blocks/1", ALICE)
    assert ending.ends(tx, "Undo", BOB, f"{BOB}#blocks/1", f"{BOB}#blocks/1")
