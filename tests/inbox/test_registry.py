"""Who may say what: before anything has an effect."""

import pytest

from smallfed.domain import incoming
from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.incoming import (
    Accept,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    FollowReference,
    Handed,
    Incoming,
    Like,
    Lock,
    Mentioned,
    Move,
    NotUnderstood,
    Reject,
    Remove,
    Request,
    Undo,
    UpdateAccount,
    UpdatePost,
    Votes,
)
from smallfed.domain.interaction import Interaction
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Outcome
from smallfed.policy import authority
from smallfed.policy.authority import Ask
from smallfed.services import blocking, moderating
from smallfed.services.moderating import Wish
from smallfed.store import accounts, inbound, refusals
from smallfed.store.inbound import Arriving
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, NOTE, act, arrive, befriend, note, profile


def test_every_activity_has_a_handler() -> None:
    """Mentioned and Handed are always sent elsewhere, NotUnderstood is kept as it is; all have a line in TABLE."""
    known = {kind for kind in vars(incoming).values() if isinstance(kind, type) and issubclass(kind, Incoming)}

    assert registry.HANDLERS.keys() == known - {Incoming, Mentioned, NotUnderstood, Handed}
    assert authority.TABLE.keys() == known - {Incoming, NotUnderstood}


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
        act(Move, object=BOB, target="https://new.example/users/bob"),
        act(Reject, follow=FollowReference(id="https://home.example/follows/1")),
        act(Remove, object=NOTE, target=f"{BOB}/featured"),
        act(Request, kind=Interaction.QUOTE, object=OURS, instrument=NOTE),
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


def hand(activity: Incoming) -> Handed:
    """Let eve hand over what bob did."""
    return Handed(id=None, actor=EVE, activity=activity, document=b"{}")


BETWEEN_TWO = Ignored("It is between two, and nobody else can hand it over.")
ID = f"{BOB}/activities/1"
OURS = "https://home.example/users/alice/notes/1"
TO_ALICE = note(in_reply_to=OURS)
HANDED: list[tuple[Incoming, Outcome]] = [
    (act(Accept, follow=FollowReference(id="https://home.example/follows/1")), BETWEEN_TWO),
    (act(Block, object=ALICE), BETWEEN_TWO),
    (act(Follow, object=ALICE), BETWEEN_TWO),
    (act(Reject, follow=FollowReference(id="https://home.example/follows/1")), BETWEEN_TWO),
    (act(Request, kind=Interaction.QUOTE, object=OURS, instrument=NOTE), BETWEEN_TWO),
    (act(Create, post=TO_ALICE), Elsewhere(uri=NOTE)),
    (act(Create, post=note()), Ignored("It has nothing to do with the owner.")),
    (act(Create, post=note(uri=f"{BOB}/known")), Ignored("The post is known already.")),
    (act(UpdatePost, post=TO_ALICE), Elsewhere(uri=NOTE, ask=Ask.VERSION)),
    (act(UpdatePost, post=note()), Ignored("It changes a post that we do not have.")),
    (act(UpdatePost, post=note(uri=f"{BOB}/known")), Elsewhere(uri=f"{BOB}/known", ask=Ask.VERSION)),
    (act(Mentioned, object=NOTE), Elsewhere(uri=NOTE)),
    (act(Mentioned, object=f"{BOB}/known"), Ignored("The post is known already.")),
    (act(Mentioned, object=f"{BOB}/known", update=True), Elsewhere(uri=f"{BOB}/known", ask=Ask.VERSION)),
    (act(Mentioned, object=BOB, update=True), Elsewhere(uri=BOB, ask=Ask.PROFILE)),
    (act(Delete, object=f"{BOB}/known"), Elsewhere(uri=f"{BOB}/known", ask=Ask.ABSENCE)),
    (act(Delete, object=BOB), Elsewhere(uri=BOB, ask=Ask.ABSENCE)),
    (act(Delete, object=NOTE), Ignored("It deletes what we do not have.")),
    (act(Like, id=None, object=OURS), Elsewhere(uri="", ask=Ask.ACTIVITY)),
    (act(Like, id=ID, object=OURS), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Like, id=ID, object=f"{BOB}/known"), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Like, id=ID, object=f"{BOB}/unknown"), Ignored("It is about a post that we do not have.")),
    (
        act(Like, actor=CAROL, id=f"{CAROL}/1", object=f"{BOB}/known"),
        Ignored("It is about a post that we do not have."),
    ),
    (act(Announce, id=ID, object=OURS), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Announce, id=ID, object=f"{BOB}/known"), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Announce, id=ID, object=f"{BOB}/unknown"), Ignored("It is about a post that we do not have.")),
    (act(Undo, undone=f"{BOB}#1"), Elsewhere(uri=f"{BOB}#Undo/1", ask=Ask.ACTIVITY)),
    (act(Undo, id=ID, undone=f"{BOB}#1"), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Add, id=ID, object=NOTE, target=f"{BOB}/featured"), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(Remove, id=ID, object=NOTE, target=f"{BOB}/featured"), Elsewhere(uri=ID, ask=Ask.ACTIVITY)),
    (act(NotUnderstood, type="View", reason="View has no meaning here."), Ignored("View has no meaning here.")),
    (hand(act(Create, post=TO_ALICE)), BETWEEN_TWO),
]


@pytest.mark.parametrize(("activity", "outcome"), HANDED)
def test_what_is_handed_over_is_asked_for_or_ignored(
    tx: Tx, owner: Account, know: Know, activity: Incoming, outcome: Outcome
) -> None:
    """Nothing of it is believed yet, and nobody is asked about what would change nothing here."""
    world.say(tx, owner, uri=OURS)
    world.say(tx, know("bob@far.example"), uri=f"{BOB}/known")
    tx.announced.clear()

    assert arrive(tx, hand(activity)) == outcome
    assert tx.announced == []


def test_what_a_profile_would_change_is_asked_for(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")

    assert arrive(tx, hand(act(UpdateAccount, account=profile(bob)))) == Elsewhere(uri=BOB, ask=Ask.PROFILE)
    assert arrive(tx, hand(act(UpdateAccount, actor=EVE, account=profile(bob, uri=EVE)))) == Ignored(
        "We do not know its actor."
    )


def test_whom_we_follow_is_worth_asking_about(tx: Tx, owner: Account, know: Know) -> None:
    befriend(tx, know("bob@far.example"))

    assert arrive(tx, hand(act(Create, post=note()))) == Elsewhere(uri=NOTE)
    assert arrive(tx, hand(act(Announce, id=ID, object=NOTE))) == Elsewhere(uri=ID, ask=Ask.ACTIVITY)


@pytest.mark.parametrize(
    ("activity", "reason"),
    [
        (act(Create, id=f"{EVE}#1", post=TO_ALICE), "Its id is on another server than its actor."),
        (act(Create, actor=f"{ALICE}", post=TO_ALICE), "Our own activities are not taken from outside."),
        (
            act(Create, actor="https://blocked.example/u", post=TO_ALICE),
            "The owner has blocked the server it comes from.",
        ),
        (act(Create, 7, post=TO_ALICE), "Its actor has sent it already."),
    ],
)
def test_what_is_handed_over_in_vain(tx: Tx, owner: Account, activity: Incoming, reason: str) -> None:
    world.say(tx, owner, uri=OURS)
    blocking.block_domain(tx, "blocked.example")
    values = {"actor": BOB, "activity": f"{BOB}#Create/7", "type": "Create", "host": "far.example", "order_key": NOTE}
    inbound.put(tx, Arriving(**values, personal=False, body=b"{}"))  # type: ignore[arg-type]

    assert arrive(tx, hand(activity)) == Ignored(reason)


def test_a_neighbour_may_say_what_then_must_be_so(tx: Tx, owner: Account, know: Know) -> None:
    """Moderators delete in their own name; whether a post is gone is asked, and a stranger is not heard at all."""
    world.say(tx, know("bob@far.example"), uri=NOTE)

    assert arrive(tx, act(Delete, actor=CAROL, object=NOTE)) == Elsewhere(uri=NOTE, ask=Ask.ABSENCE)
    assert isinstance(arrive(tx, act(Delete, actor=EVE, object=NOTE)), Ignored)


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
    assert arrive(tx, act(UpdatePost, actor=EVE, post=post)) == Elsewhere(uri=post.uri, ask=Ask.VERSION)
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


BLOCKED = Ignored("The owner has blocked the server it comes from.")


@pytest.mark.parametrize("domain", ["far.example", "names.example", "*.names.example"])
def test_blocked_servers_can_only_take_away(tx: Tx, activities: list[Incoming], domain: str) -> None:
    """By the host of the id, and by that of the handle, which may be another; what is refused stands in the ledger."""
    bob = accounts.find_uri(tx, BOB)
    assert bob is not None
    accounts.change(tx, bob.id, host="social.names.example")
    moderating.block(tx, domain, Wish(severity=Severity.SUSPEND))
    others = [
        act(Create, post=note()),
        act(UpdatePost, post=note()),
        act(Flag, objects=(ALICE,), comment=""),
        act(Lock, object=NOTE),
        hand(act(Create, post=TO_ALICE)),
    ]

    refused = {type(activity) for activity in [*activities, *others] if arrive(tx, activity) == BLOCKED}

    assert refused == registry.HANDLERS.keys() - {*registry.ALWAYS, Votes} | {Handed}
    assert arrive(tx, act(Delete, 2, object=NOTE)) == Done()
    lines = refusals.newest(tx, Which(), limit=50)
    assert {one.type for one in lines} == {kind.__name__ for kind in refused} - {"Handed"}
    assert {(one.rule, one.kept) for one in lines} == {(f"domain {domain}", False)}
