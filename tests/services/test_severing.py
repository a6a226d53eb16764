"""What is kept of the follows that the block of a domain ends."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.notification import Severance, SeveranceType
from smallfed.services import blocking, notifying
from smallfed.store import notifications, severances
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import told


@pytest.mark.parametrize("type_", SeveranceType)
def test_what_undoing_would_need(lively: Tx, owner: Account, know: Know, type_: SeveranceType) -> None:
    """Each follow as it was, in both directions; requests are none."""
    tx = lively
    bob, bert, asking, other = [
        know(handle)
        for handle in ("bob@bad.example", "bert@deep.bad.example", "asking@bad.example", "eve@good.example")
    ]
    ours = world.befriend(tx, owner, bob, notify=True, reblogs=False, languages=("de",))
    theirs = [world.befriend(tx, who, owner) for who in (bob, bert)]
    world.befriend(tx, asking, owner, accepted=False)
    world.befriend(tx, owner, asking, accepted=False)
    world.befriend(tx, owner, other)

    blocking.block_domain(tx, "bad.example", type_)

    (notification,) = notifications.newest(tx, Page())
    assert (notification.type, notification.account_id) == ("severed_relationships", owner.id)
    number = notification.subject_id or 0
    assert severances.several(tx, [number]) == {
        number: Severance(id=number, type=type_, target="bad.example", followers=2, following=1, created_at=tx.now)
    }
    kept = tx.all(
        "SELECT follower_id, target_id, uri, reblogs, notify, languages FROM severed_follows WHERE severance_id = ?",
        number,
    )
    assert sorted(kept) == sorted(
        [
            (owner.id, bob.id, ours.uri, 0, 1, '["de"]'),
            *((one.follower_id, owner.id, one.uri, 1, 0, None) for one in theirs),
        ]
    )


def test_a_block_that_ends_nothing_is_not_told(lively: Tx, owner: Account, bob: Account) -> None:
    world.befriend(lively, bob, owner, accepted=False)

    blocking.block_domain(lively, "far.example")

    assert told(lively) == []


def test_what_was_told_of_the_domain_goes_with_it(lively: Tx, owner: Account, know: Know) -> None:
    """And of nobody else."""
    tx = lively
    people = [know(handle) for handle in ("bob@bad.example", "bert@deep.bad.example", "eve@notbad.example")]
    for who in people:
        notifying.tell(tx, "follow", who.id)

    blocking.block_domain(tx, "bad.example")

    assert told(tx) == [("follow", people[2].id, None)]


def test_a_report_is_told_once(tx: Tx, owner: Account, bob: Account) -> None:
    """Each report by itself, whoever it comes from."""
    for report in (1, 2, 2):
        notifying.tell_report(tx, bob.id, report)

    told_of = sorted(notifications.newest(tx, Page()), key=lambda one: one.subject_id or 0)
    assert [(one.type, one.subject_id) for one in told_of] == [
        ("admin.report", 1),
        ("admin.report", 2),
    ]
    blocking.block(tx, bob)
    notifying.tell_report(tx, bob.id, 3)
    assert told(tx) == []
