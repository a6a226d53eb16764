"""Votes that arrive: whose they are, which poll they are in, and that nobody casts them for another."""

from datetime import timedelta
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.draft import Ballot, Draft
from smallfed.domain.incoming import Arrival, Create, Handed, IncomingPost, Votes
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.inbox import registry
from smallfed.inbox.outcome import Done, Elsewhere, Ignored
from smallfed.policy.authority import Ask
from smallfed.services import posting
from smallfed.store import polls, posts
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, act, arrive
from tests.world import later, say

NO_POLL = "It is a vote, but in no poll of ours."


@pytest.fixture
def question(tx: Tx, owner: Account) -> Post:
    """Return a poll of the owner's: several of tea, cake and beer."""
    ballot = Ballot(options=("tea", "cake", "beer"), lasts=3600, multiple=True)
    return posting.publish(tx, Draft(text="?", html="<p>?</p>", poll=ballot))


@pytest.fixture
def bob(know: Know, question: Post) -> Account:
    """Return @bob@far.example."""
    return know("bob@far.example")


def vote(question: Post, name: str = "tea", *, voter: str = BOB, **changes: Any) -> IncomingPost:
    values = {"uri": f"{voter}#votes/{name}", "author": voter, "kind": "Note", "title": name, "vote": True}
    return IncomingPost(**{**values, "in_reply_to": question.uri, "to": (ALICE,), **changes})


def standing(tx: Tx, question: Post) -> list[int]:
    poll = polls.find(tx, question.id)
    assert poll is not None
    return [option.votes for option in poll.options]


def test_one_by_one_and_several_at_once(tx: Tx, question: Post, bob: Account, know: Know) -> None:
    """The same vote twice is one; none of them is a post."""
    know("carol@far.example")

    outcomes = [
        arrive(tx, act(Create, 1, post=vote(question))),
        arrive(tx, act(Create, 2, post=vote(question, "cake"))),
        arrive(
            tx, act(Votes, 3, actor=CAROL, posts=(vote(question, voter=CAROL), vote(question, "beer", voter=CAROL)))
        ),
        arrive(tx, act(Votes, 4, posts=(vote(question), vote(question, "cake")))),
    ]

    assert outcomes == [Done(), Done(), Done(), Ignored("You have already voted on this poll")]
    assert standing(tx, question) == [2, 1, 1]
    assert posts.children(tx, question.id) == []


def test_a_voter_whom_we_have_not_met_is_asked_for(tx: Tx, question: Post) -> None:
    assert arrive(tx, act(Create, post=vote(question))) == Need(BOB)
    assert arrive(tx, act(Votes, posts=(vote(question), vote(question, "cake")))) == Need(BOB)


@pytest.mark.parametrize("personal", [False, True])
def test_nobody_is_asked_for_because_of_other_peoples_polls(tx: Tx, owner: Account, know: Know, personal: bool) -> None:
    """Neither for one of somebody else's, nor for a post of ours without one, nor for what we do not have."""
    theirs, plain = say(tx, know("carol@far.example")), say(tx, owner)

    for place in (theirs.uri, plain.uri, "https://far.example/absent", None):
        there = vote(plain, in_reply_to=place)
        assert arrive(tx, act(Create, post=there), personal=personal) == Ignored(NO_POLL)
        assert arrive(tx, act(Votes, posts=(there, there)), personal=personal) == Ignored(NO_POLL)


def test_nobody_votes_for_another(tx: Tx, question: Post, bob: Account, know: Know) -> None:
    """Eve puts Bob's name under her own votes; what Bob's server has is asked, and a Create of several is refused."""
    know("eve@evil.example")

    assert arrive(tx, act(Create, actor=EVE, post=vote(question))) == Elsewhere(uri=f"{BOB}#votes/tea")
    assert arrive(tx, act(Create, actor=BOB, post=vote(question)), signed_by=EVE) == Ignored(
        f"It was signed by {EVE}, not by the actor it names."
    )
    mixed = (vote(question, voter=EVE), vote(question))
    assert arrive(tx, act(Votes, actor=EVE, posts=mixed)) == Ignored("It holds votes that are not the sender's own.")
    assert standing(tx, question) == [0, 0, 0]


def test_what_somebody_hands_over_is_asked_for_at_its_origin(tx: Tx, question: Post, bob: Account, know: Know) -> None:
    know("eve@evil.example")
    votes = act(Votes, posts=(vote(question), vote(question, "cake")))
    elsewhere = act(Votes, 2, posts=(vote(question, in_reply_to="https://far.example/1"),))

    outcomes = [arrive(tx, Handed(id=None, actor=EVE, activity=each, document=b"{}")) for each in (votes, elsewhere)]

    assert outcomes == [Elsewhere(uri=str(votes.id), ask=Ask.ACTIVITY), Ignored(NO_POLL)]


def test_when_it_came_counts_not_when_it_was_read(tx: Tx, question: Post, bob: Account) -> None:
    """A vote that was accepted before the end is counted after it; one that came later is not."""
    later(tx, hours=2)
    early = act(Create, 1, post=vote(question))
    late = act(Create, 2, post=vote(question, "cake"))

    outcomes = [arrive_at(tx, early, hours_ago=1.5), arrive_at(tx, late, hours_ago=0.5)]

    assert outcomes == [Done(), Ignored("The poll has already ended")]
    assert standing(tx, question) == [1, 0, 0]


def arrive_at(tx: Tx, activity: Create, *, hours_ago: float) -> object:
    """Hand in what came some time ago."""
    came = tx.now - timedelta(hours=hours_ago)
    return registry.handle(tx, activity, Arrival(actor=activity.actor, personal=False, received_at=came))


def test_a_blocked_domain_has_no_vote(tx: Tx, question: Post, bob: Account) -> None:
    world.keep_away(tx, "far.example")

    assert arrive(tx, act(Create, post=vote(question))) == Ignored("The owner has blocked the server it comes from.")
