"""What the owner wants others to do and to see: who may answer, which counts are told, whose boosts are wanted."""

from datetime import timedelta

import pytest
from msgspec import UNSET

from smallfed.domain.account import Account
from smallfed.domain.events import PreferencesChanged
from smallfed.domain.incoming import Request
from smallfed.domain.interaction import Interaction, Policy, QuotePolicy, ReplyPolicy
from smallfed.domain.post import Post
from smallfed.domain.preferences import Preferences, PreferencesChange, Seen
from smallfed.domain.refused import Refused
from smallfed.policy.interacting import EVERYBODY
from smallfed.protocol.emitted.consent import SubPolicy
from smallfed.services import consenting, posting, preferring, receiving, releasing, rendering, revising
from smallfed.services.receiving import SENT
from smallfed.store import follows, houses, policies, posts, preferences, refusals
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.services.conftest import Incoming, draft, queued
from tests.world import befriend, say


def test_what_is_set_is_changed_and_the_rest_stays(tx: Tx, owner: Account) -> None:
    assert preferences.find(tx) == Preferences()

    preferring.prefer(tx, PreferencesChange(quotes=QuotePolicy.FOLLOWERS, follow_counts=Seen.ME))
    preferring.prefer(tx, PreferencesChange(boosts=False))
    preferring.prefer(tx, PreferencesChange(boosts=False))

    expected = Preferences(quotes=QuotePolicy.FOLLOWERS, follow_counts=Seen.ME, boosts=False)
    assert preferences.find(tx) == expected
    assert tx.announced == [PreferencesChanged()] * 2


# Answers --------------------------------------------------------------------------------------------------------------
ANSWERS = [
    (ReplyPolicy.PUBLIC, "", True),
    (ReplyPolicy.FOLLOWERS, "", False),
    (ReplyPolicy.FOLLOWERS, "follows", True),
    (ReplyPolicy.FOLLOWERS, "followed", False),
    (ReplyPolicy.FOLLOWING, "followed", True),
    (ReplyPolicy.FOLLOWING, "follows", False),
    (ReplyPolicy.NOBODY, "follows", False),
    (ReplyPolicy.NOBODY, "named", True),
]


@pytest.mark.parametrize(("policy", "standing", "let_in"), ANSWERS)
def test_who_may_answer(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming, policy: ReplyPolicy, standing: str, let_in: bool
) -> None:
    """What others answer is held in the ledger, whether it is sent or asked for."""
    if standing in ("follows", "followed"):
        befriend(lively, *((bob, owner) if standing == "follows" else (owner, bob)))
    named = (bob.id,) if standing == "named" else ()
    post = posting.publish(lively, draft("Bread", reply_policy=policy, mentions=named))
    reply = incoming(bob, in_reply_to=post.uri, named=(owner,))

    came = receiving.receive(lively, reply, SENT)
    queued(lively)
    asked = consenting.answer(
        lively,
        Request(kind=Interaction.REPLY, id=f"{bob.uri}#1", actor=bob.uri, object=post.uri, instrument=reply.uri),
    )

    assert isinstance(came, Post) is let_in
    assert [line.rule for line in refusals.newest(lively, Which(held=True), limit=9)] == ["who may reply"] * (
        not let_in
    )
    if let_in or isinstance(came, Refused):
        assert asked is None
    assert [type_ for type_, _ in queued(lively)] == ["Accept" if let_in else "Reject"]


def test_what_is_held_can_be_let_in(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    post = posting.publish(lively, draft("Bread", reply_policy=ReplyPolicy.NOBODY))
    reply = incoming(bob, in_reply_to=post.uri)
    held = receiving.receive(lively, reply, SENT)
    (line,) = refusals.newest(lively, Which(held=True), limit=9)

    releasing.release(lively, line.id)
    let_in = receiving.receive(lively, reply, SENT)

    assert held == Refused("You let only others answer your post. (who may reply) It waits in the ledger.")
    assert isinstance(let_in, Post)
    assert let_in.in_reply_to_id == post.id


def test_what_was_let_in_may_be_edited_whatever_the_post_says_later(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    post = posting.publish(lively, draft("Bread"))
    receiving.receive(lively, incoming(bob, in_reply_to=post.uri), SENT)

    posting.edit(lively, post.id, draft("Bread", reply_policy=ReplyPolicy.NOBODY))
    edited = revising.revise(
        lively,
        incoming(bob, in_reply_to=post.uri, content="<p>better</p>", updated_at=lively.now + timedelta(minutes=1)),
    )

    assert isinstance(edited, Post)
    assert edited.content == "<p>better</p>"


def test_the_default_is_that_of_new_posts_and_quotes_are_left_alone(lively: Tx, owner: Account) -> None:
    before = posting.publish(lively, draft("Bread"))
    preferring.prefer(lively, PreferencesChange(replies=ReplyPolicy.FOLLOWERS))

    after = posting.publish(lively, draft("Butter"))
    posting.edit(lively, before.id, draft("Bread", reply_policy=ReplyPolicy.FOLLOWING))

    house = houses.get(lively)
    said = [rendering.note(lively, house, post).interaction_policy for post in (before, after)]
    first, second = (policies.find(lively, post.id) for post in (before, after))
    assert [Policy() if one is UNSET else one.can_reply for one in said] == [
        SubPolicy(automatic_approval=(collection,)) for collection in (house.following, house.followers)
    ]
    assert first is not None
    assert second is not None
    assert first.quote == second.quote == EVERYBODY


# Boosts ---------------------------------------------------------------------------------------------------------------
def test_boosts_of_a_whole_server(lively: Tx, owner: Account, bob: Account, know: Know) -> None:
    """And below it; what they boosted leaves home, and is back when they are wanted again."""
    dave, other = know("dave@below.far.example"), know("erin@notfar.example")
    for person in (bob, dave, other):
        befriend(lively, owner, person)
    boosted = say(lively, other)
    boosts = [
        say(lively, person, boost_of_id=boosted.id, kind="Announce", in_home=True, content="")
        for person in (bob, dave, other)
    ]

    hidden = preferring.sweep_boosts(lively, host="far.example", wanted=False)
    left = [posts.get(lively, boost.id).in_home for boost in boosts]
    again = preferring.sweep_boosts(lively, host="far.example", wanted=False)
    back = preferring.sweep_boosts(lively, host=None, wanted=True)

    assert (sorted(hidden.handles), hidden.after) == (["bob@far.example", "dave@below.far.example"], None)
    assert left == [False, False, True]
    assert again.handles == []
    assert back.handles == hidden.handles
    assert [posts.get(lively, boost.id).in_home for boost in boosts] == [True] * 3
    assert follows.whose_boosts(lively, owner.id, host=None, wanted=False) == []


def test_a_sweep_goes_slice_by_slice(
    lively: Tx, owner: Account, bob: Account, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferring, "SLICE", 1)
    for person in (bob, carol):
        befriend(lively, owner, person)

    first = preferring.sweep_boosts(lively, host=None, wanted=False)
    second = preferring.sweep_boosts(lively, host=None, wanted=False, after=first.after or 0)
    third = preferring.sweep_boosts(lively, host=None, wanted=False, after=second.after or 0)

    assert sorted([*first.handles, *second.handles]) == ["bob@far.example", "carol@other.example"]
    assert third.handles == []
    assert third.after is None
