"""Follow, Accept, Reject, Block: who follows whom."""

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import (
    Event,
    FollowAccepted,
    FollowDenied,
    FollowerLost,
    FollowGranted,
    FollowRefused,
    FollowRequested,
    ServerFollowRefused,
)
from smallfed.domain.incoming import Accept, Block, Follow, FollowReference, Reject, Undo
from smallfed.inbox.outcome import Done, Ignored, Need
from smallfed.services import blocking
from smallfed.store import accounts, blocks, follows
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, act, arrive, befriend


@pytest.mark.parametrize(
    ("locked", "blocked", "event", "in_now"),
    [(False, False, FollowAccepted, True), (True, False, FollowRequested, False), (False, True, FollowRefused, False)],
)
def test_the_answer_to_a_follow(
    tx: Tx, know: Know, locked: bool, blocked: bool, event: type[Event], in_now: bool
) -> None:
    owner = know("alice@home.example", local=True, locked=locked)
    bob = know("bob@far.example")
    if blocked:
        blocking.block(tx, bob)
    tx.announced.clear()

    assert arrive(tx, act(Follow, object=ALICE)) == Done()

    assert follows.has(tx, bob.id, owner.id) is in_now
    assert [(type(e), getattr(e, "uri", None)) for e in tx.announced] == [(event, f"{BOB}#Follow/1")]


def test_whoever_was_gone_and_follows_again_is_asked_for(tx: Tx, owner: Account, know: Know) -> None:
    """Of somebody who is gone nothing is believed, and nothing is sent there: their server knows."""
    bob = know("bob@far.example", gone_at=tx.now)

    assert arrive(tx, act(Follow, object=ALICE)) == Need(BOB)
    accounts.change(tx, bob.id, gone_at=None)

    assert arrive(tx, act(Follow, object=ALICE)) == Done()
    assert follows.has(tx, bob.id, owner.id)


def test_an_unknown_follower_is_fetched_first(tx: Tx, owner: Account) -> None:
    assert arrive(tx, act(Follow, object=ALICE)) == Need(BOB)
    assert tx.announced == []


@pytest.mark.parametrize(
    "object_",
    [
        "https://home.example/users/nobody",
        "https://home.example/users/alice/notes/1",
        "https://www.w3.org/ns/activitystreams#Public",
        CAROL,
    ],
)
def test_only_the_owner_can_be_followed(tx: Tx, owner: Account, object_: str) -> None:
    """Not even a fetch is spent on it."""
    assert arrive(tx, act(Follow, object=object_)) == Ignored("Only the owner can be followed here.")


def test_the_server_cannot_be_followed(tx: Tx, owner: Account, know: Know) -> None:
    """Its own actor says so, to whom it may concern; the owner hears nothing."""
    follow = act(Follow, object="https://home.example/actor")
    unknown = arrive(tx, follow)
    bob = know("bob@far.example")

    known = arrive(tx, follow)
    nameless = arrive(tx, act(Follow, id=None, object="https://home.example/actor"))

    assert (unknown, known) == (Need(BOB), Done())
    assert nameless == Ignored("Only the owner can be followed here, and it has no id that could be answered.")
    assert tx.announced == [
        ServerFollowRefused(follower=bob.id, uri=f"{BOB}#Follow/1", object="https://home.example/actor")
    ]


def test_a_repeated_follow_is_answered_again(tx: Tx, owner: Account, know: Know) -> None:
    know("bob@far.example")
    arrive(tx, act(Follow, object=ALICE))
    tx.announced.clear()

    for number in (1, 2):
        assert arrive(tx, act(Follow, number, object=ALICE)) == Done()

    assert [(e.uri, e.again) for e in tx.announced if isinstance(e, FollowAccepted)] == [
        (f"{BOB}#Follow/1", True),
        (f"{BOB}#Follow/2", True),
    ]


# What answers our own Follow ------------------------------------------------------------------------------------------
ANSWERS = [
    pytest.param(lambda uri: FollowReference(id=uri), True, id="by id"),
    pytest.param(lambda uri: FollowReference(id=uri, actor=ALICE, object=BOB), True, id="embedded"),
    pytest.param(lambda _: FollowReference(actor=ALICE, object=BOB), True, id="without id"),
    pytest.param(lambda _: FollowReference(id=f"{BOB}/x", actor=ALICE, object=BOB), True, id="with another id"),
    pytest.param(lambda _: FollowReference(id="https://home.example/follows/7"), False, id="of no Follow"),
    pytest.param(lambda _: FollowReference(actor=ALICE, object=CAROL), False, id="of carol"),
    pytest.param(lambda _: FollowReference(actor=EVE, object=BOB), False, id="of eve's Follow"),
    pytest.param(lambda uri: FollowReference(id=uri, actor=EVE, object=BOB), False, id="our id, eve's Follow"),
]


@pytest.mark.parametrize(("reference", "counts"), ANSWERS)
def test_accept(tx: Tx, owner: Account, know: Know, reference, counts: bool) -> None:  # type: ignore[no-untyped-def]
    bob = know("bob@far.example")
    follow = befriend(tx, bob, accepted=False)

    outcome = arrive(tx, act(Accept, follow=reference(follow.uri)))

    assert outcome == (Done() if counts else Ignored("It names no Follow of ours."))
    assert follows.has(tx, owner.id, bob.id) is counts
    assert tx.announced == ([FollowGranted(target=bob.id)] if counts else [])


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize(("reference", "counts"), ANSWERS)
def test_reject(tx: Tx, owner: Account, know: Know, reference, counts: bool, accepted: bool) -> None:  # type: ignore[no-untyped-def]
    bob = know("bob@far.example")
    follow = befriend(tx, bob, accepted=accepted)

    arrive(tx, act(Reject, follow=reference(follow.uri)))

    assert (follows.find(tx, owner.id, bob.id) is None) is counts
    assert tx.announced == ([FollowDenied(target=bob.id)] if counts else [])


def test_only_who_was_asked_may_answer(tx: Tx, owner: Account, know: Know) -> None:
    """Carol, on bob's server, names bob's Follow."""
    bob, carol = know("bob@far.example"), know("carol@far.example")
    follow = befriend(tx, bob, accepted=False)
    reference = FollowReference(id=follow.uri, actor=ALICE, object=BOB)

    for kind in (Accept, Reject):
        assert isinstance(arrive(tx, act(kind, actor=CAROL, follow=reference)), Ignored)
        assert isinstance(arrive(tx, act(kind, actor=EVE, follow=reference)), Ignored)

    known = follows.find(tx, owner.id, bob.id)
    assert known is not None
    assert not known.accepted
    assert follows.find(tx, owner.id, carol.id) is None


# Block ----------------------------------------------------------------------------------------------------------------
def test_who_blocks_us_is_left(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    befriend(tx, bob)
    arrive(tx, act(Follow, object=ALICE))
    tx.announced.clear()

    assert arrive(tx, act(Block, object=ALICE)) == Done()

    assert blocks.has(tx, bob.id, owner.id)
    assert follows.between(tx, owner.id) == []
    assert {type(event) for event in tx.announced} == {FollowDenied, FollowerLost}


@pytest.mark.parametrize(
    ("block", "outcome"),
    [
        (
            act(Block, object=ALICE, target="https://far.example/c/news"),
            Ignored("It is a ban from a community, no block between two people."),
        ),
        (act(Block, object=CAROL), Ignored("It is not the owner who is blocked.")),
        (act(Block, actor=EVE, object=ALICE), Need(EVE)),
    ],
)
def test_blocks_that_are_none(tx: Tx, owner: Account, know: Know, block: Block, outcome: object) -> None:
    bob = know("bob@far.example")

    assert arrive(tx, block) == outcome
    assert not blocks.has(tx, bob.id, owner.id)


# Undo -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("undo", "left"),
    [
        pytest.param(act(Undo, undone=f"{BOB}#Follow/1", kind="Follow", object=ALICE), False, id="embedded"),
        pytest.param(act(Undo, undone=f"{BOB}#Follow/1"), False, id="by id only"),
        pytest.param(act(Undo, id=None, kind="Follow", object=ALICE), False, id="without ids"),
        pytest.param(act(Undo, undone=f"{BOB}#Follow/1", kind="Follow", object=CAROL), True, id="of carol"),
        pytest.param(act(Undo, undone=f"{BOB}#Like/1", kind="Like", object=ALICE), True, id="of a Like"),
        pytest.param(act(Undo, actor=EVE, undone=f"{EVE}#Follow/1", kind="Follow", object=ALICE), True, id="by eve"),
        pytest.param(act(Undo, actor=EVE, undone=f"{BOB}#Follow/1", kind="Follow", object=ALICE), True, id="forged"),
    ],
)
def test_a_follow_is_undone_by_the_follower(tx: Tx, owner: Account, know: Know, undo: Undo, left: bool) -> None:
    bob = know("bob@far.example")
    know("eve@evil.example")
    arrive(tx, act(Follow, object=ALICE))

    outcome = arrive(tx, undo)

    assert isinstance(outcome, Ignored if left else Done)
    assert follows.has(tx, bob.id, owner.id) is left


def test_a_block_is_undone(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    arrive(tx, act(Block, object=ALICE))

    assert arrive(tx, act(Undo, undone=f"{BOB}#Block/1", kind="Block", object=ALICE)) == Done()
    assert not blocks.has(tx, bob.id, owner.id)


def test_an_undo_that_came_first_swallows_one_follow(tx: Tx, owner: Account, know: Know) -> None:
    """Misskey's follows have the same id each time: the second one is meant."""
    bob = know("bob@far.example")
    assert isinstance(arrive(tx, act(Undo, undone=f"{BOB}#Follow/1", kind="Follow", object=ALICE)), Ignored)

    assert isinstance(arrive(tx, act(Follow, object=ALICE)), Ignored)
    assert not follows.has(tx, bob.id, accounts.owner(tx).id)

    assert arrive(tx, act(Follow, object=ALICE)) == Done()
    assert follows.has(tx, bob.id, accounts.owner(tx).id)
