"""Who may say what: before anything has an effect."""

import pytest

from smallfed.domain import incoming
from smallfed.domain.account import Account
from smallfed.domain.incoming import (
    Accept,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    Follow,
    FollowReference,
    Incoming,
    Like,
    Mentioned,
    NotUnderstood,
    Reject,
    Remove,
    Undo,
    UpdateAccount,
    UpdatePost,
)
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored
from smallfed.services import blocking
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, NOTE, act, arrive, note, profile


def test_every_activity_has_a_handler() -> None:
    """Mentioned is always sent elsewhere, NotUnderstood is kept as it is."""
    known = {kind for kind in vars(incoming).values() if isinstance(kind, type) and issubclass(kind, Incoming)}

    assert registry.HANDLERS.keys() == known - {Incoming, Mentioned, NotUnderstood}


@pytest.fixture
def activities(owner: Account, know: Know) -> list[Incoming]:
    """Return one activity of bob's for every handler."""
    bob = know("bob@far.example")
    return [
        act(Accept, follow=FollowReference(id="https://home.example/follows/1")),
        act(Add, object=NOTE, target=f"{BOB}/featured"),
        act(Announce, object=NOTE),
        act(Block, object=ALICE),
        act(Delete, object=NOTE),
        act(Follow, object=ALICE),
        act(Like, object=NOTE),
        act(Reject, follow=FollowReference(id="https://home.example/follows/1")),
        act(Remove, object=NOTE, target=f"{BOB}/featured"),
        act(Undo, undone=f"{BOB}#1", kind="Follow", object=ALICE),
        act(UpdateAccount, account=profile(bob)),
    ]


@pytest.mark.parametrize("signer", [EVE, CAROL, f"{BOB}/", BOB.upper()])
def test_nobody_speaks_for_somebody_else(tx: Tx, activities: list[Incoming], signer: str) -> None:
    """A neighbour on the same host is a stranger, too."""
    tx.announced.clear()

    outcomes = [arrive(tx, activity, signed_by=signer) for activity in activities]

    assert outcomes == [Ignored(f"It was signed by {signer}, not by the actor it names.")] * len(activities)
    assert tx.announced == []


@pytest.mark.parametrize(
    ("activity", "update"),
    [
        (act(Create, post=note()), False),
        (act(UpdatePost, post=note()), True),
        (act(Mentioned, object=NOTE), False),
        (act(Mentioned, object=NOTE, update=True), True),
    ],
)
def test_a_post_that_is_passed_on_is_read_at_its_origin(
    tx: Tx, owner: Account, activity: Incoming, update: bool
) -> None:
    assert arrive(tx, activity, signed_by=EVE) == Elsewhere(uri=NOTE, update=update)


@pytest.mark.parametrize(
    "post",
    [
        note(author=BOB),
        note(uri="https://evil.example/notes/1", author=BOB),
        note(uri="https://evil.example/notes/1", author=CAROL),
        note(uri=NOTE, author=EVE),
        note(uri="https://sub.evil.example/notes/1", author=EVE),
        note(uri="https://evil.example:8443/notes/1", author=EVE),
        note(uri="http://evil.example/notes/1", author=EVE),
    ],
)
def test_embedded_posts_are_only_their_authors(tx: Tx, owner: Account, know: Know, post: incoming.IncomingPost) -> None:
    """Neither a foreign author nor a foreign address is believed, not even of somebody we know."""
    know("eve@evil.example")
    know("bob@far.example")

    assert arrive(tx, act(Create, actor=EVE, post=post), personal=True) == Elsewhere(uri=post.uri)
    assert arrive(tx, act(UpdatePost, actor=EVE, post=post)) == Elsewhere(uri=post.uri, update=True)
    assert tx.announced == []


def test_the_id_of_an_activity_is_its_actors(tx: Tx, activities: list[Incoming]) -> None:
    for activity in activities:
        forged = type(activity)(
            **{name: getattr(activity, name) for name in activity.__struct_fields__} | {"id": f"{EVE}#1"}
        )

        assert arrive(tx, forged) == Ignored("Its id is on another server than its actor.")


def test_a_profile_is_changed_by_its_owner_only(tx: Tx, owner: Account, know: Know) -> None:
    carol = know("carol@far.example")

    outcome = arrive(tx, act(UpdateAccount, account=profile(carol, name="Mallory")))

    assert outcome == Ignored("Only an actor itself can change its profile.")


def test_what_we_do_not_understand_keeps_its_reason(tx: Tx, owner: Account) -> None:
    activity = act(NotUnderstood, type="View", reason="View has no meaning here.")

    assert arrive(tx, activity) == Ignored("View has no meaning here.")


def test_blocked_servers_can_only_take_away(tx: Tx, activities: list[Incoming]) -> None:
    blocking.block_domain(tx, "far.example")
    reason = "The owner has blocked the server it comes from."

    refused = {type(activity) for activity in activities if arrive(tx, activity) == Ignored(reason)}

    assert refused == {Accept, Add, Announce, Follow, Like, UpdateAccount}
    assert arrive(tx, act(Create, post=note())) == Ignored(reason)
    assert arrive(tx, act(Delete, 2, object=NOTE)) == Done()
