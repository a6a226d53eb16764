"""Polls in the database: ours counted, others' as their origins say, and what is due about them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.draft import Ballot
from smallfed.domain.events import Event, PollTallied, PostEdited
from smallfed.domain.incoming import IncomingOption, IncomingPoll, IncomingPost
from smallfed.domain.poll import Poll
from smallfed.domain.post import Post, Visibility
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.protocol.jsonld import Document
from smallfed.services import blocking, consequences, meeting, muting, polling, posting, receiving, revising, voting
from smallfed.services.receiving import SENT
from smallfed.store import deadlines, details, edits, farewells, fetches, notifications, polls, posts, votes
from smallfed.store.deadlines import Deadline
from smallfed.store.moments import moment
from smallfed.store.tx import Tx
from smallfed.translate import inward
from tests import world
from tests.conftest import Know
from tests.services.conftest import PUBLIC, draft, last_body, queued, told

HOUR = 3600
BALLOT = Ballot(options=("tea", "cake"), lasts=HOUR)
MANY = Ballot(options=("tea", "cake", "both"), lasts=HOUR, multiple=True)
Incoming = Callable[..., IncomingPost]


def poll_of(tx: Tx, post: Post) -> Poll:
    found = polls.find(tx, post.id)
    assert found is not None
    return found


def stands(tx: Tx, post: Post) -> tuple[list[int], int | None]:
    poll = poll_of(tx, post)
    return [option.votes for option in poll.options], poll.voters


def due(tx: Tx) -> list[tuple[str, timedelta]]:
    """Return what is due, and how soon."""
    rows = tx.all("SELECT kind, due FROM deadlines ORDER BY due")
    return [(kind, moment(at) - tx.now) for kind, at in rows]


def pass_time(tx: Tx, **delta: float) -> None:
    """Let time pass, and do what is due by then."""
    world.later(tx, **delta)
    while (deadline := deadlines.first(tx)) is not None:
        polling.keep(tx, deadline)


# Ours -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def ours(lively: Tx, owner: Account, bob: Account) -> Post:
    """Return a poll of the owner's, whom Bob follows; it ends in an hour."""
    world.befriend(lively, bob, owner)
    post = posting.publish(lively, draft("Which?", poll=BALLOT))
    queued(lively)
    return post


def test_a_poll_is_published_as_a_question(lively: Tx, owner: Account, bob: Account) -> None:
    world.befriend(lively, bob, owner)

    post = posting.publish(lively, draft("Which?", poll=MANY))

    question = last_body(lively)["object"]
    assert (post.kind, question["type"], question["endTime"], question["votersCount"]) == (
        "Question",
        "Question",
        "2026-03-01T13:00:00Z",
        0,
    )
    assert question["anyOf"] == [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}}
        for name in ("tea", "cake", "both")
    ]
    assert "oneOf" not in question
    assert "closed" not in question
    assert due(lively) == [("end", timedelta(hours=1))]


@pytest.mark.parametrize(
    ("ballot", "ballots", "standing"),
    [
        (BALLOT, [["tea"]], [1, 0]),
        (BALLOT, [["tea"], ["cake"]], [1, 0]),
        (BALLOT, [["cake", "tea"]], [0, 1]),
        (BALLOT, [["beer"], ["cake"]], [0, 1]),
        (BALLOT, [["Tea"]], [0, 0]),
        (MANY, [["tea", "cake"]], [1, 1, 0]),
        (MANY, [["tea"], ["cake"], ["tea"]], [1, 1, 0]),
        (MANY, [["tea", "tea", "beer", "both"]], [1, 0, 1]),
    ],
)
def test_each_option_counts_once_for_each_voter(
    lively: Tx, owner: Account, bob: Account, ballot: Ballot, ballots: list[list[str]], standing: list[int]
) -> None:
    """Of a single choice the first vote; votes beside that do not count take nothing from those that do."""
    post = posting.publish(lively, draft("Which?", poll=ballot))

    for names in ballots:
        voting.receive(lively, bob, post, names, at=lively.now)

    assert stands(lively, post) == (standing, 1 if any(standing) else 0)
    assert sum(standing) == len(votes.find(lively, post.id, bob.id))


@pytest.mark.parametrize(
    ("visibility", "named", "followed", "reason"),
    [
        (Visibility.PUBLIC, False, False, None),
        (Visibility.PRIVATE, False, True, None),
        (Visibility.PRIVATE, False, False, "bob@far.example may not see the poll."),
        (Visibility.PRIVATE, True, False, None),
        (Visibility.DIRECT, True, False, None),
        (Visibility.DIRECT, False, True, "bob@far.example may not see the poll."),
    ],
)
def test_only_who_may_see_a_poll_has_a_vote(
    lively: Tx, owner: Account, bob: Account, visibility: Visibility, named: bool, followed: bool, reason: str | None
) -> None:
    if followed:
        world.befriend(lively, bob, owner)
    asked = draft("Which?", poll=BALLOT, visibility=visibility, mentions=(bob.id,) if named else ())
    post = posting.publish(lively, asked)

    refused = voting.receive(lively, bob, post, ["tea"], at=lively.now)

    assert refused == (None if reason is None else Refused(reason))
    assert stands(lively, post) == (([1, 0], 1) if reason is None else ([0, 0], 0))


def test_votes_that_do_not_count_have_a_reason(lively: Tx, owner: Account, ours: Post, bob: Account) -> None:
    note = posting.publish(lively, draft("No poll"))
    end = lively.now + timedelta(seconds=HOUR)

    reasons = [
        voting.receive(lively, owner, ours, ["tea"], at=lively.now),
        voting.receive(lively, bob, note, ["tea"], at=lively.now),
        voting.receive(lively, bob, ours, ["beer"], at=lively.now),
        voting.receive(lively, bob, ours, ["tea"], at=end),
        voting.receive(lively, bob, ours, ["tea"], at=end - timedelta(seconds=1)),
        voting.receive(lively, bob, ours, ["cake"], at=lively.now),
    ]
    blocking.block(lively, bob)

    assert [refused and refused.reason for refused in reasons] == [
        "alice@home.example is blocked.",
        "It is a vote, but in no poll of ours.",
        "The chosen vote option does not exist",
        "The poll has already ended",
        None,
        "You have already voted on this poll",
    ]
    assert voting.receive(lively, bob, ours, ["cake"], at=lively.now) == Refused("bob@far.example is blocked.")
    assert stands(lively, ours) == ([1, 0], 1)  # what was counted before the block stays


def test_how_it_stands_is_told_after_three_minutes_once(
    lively: Tx, owner: Account, ours: Post, bob: Account, carol: Account
) -> None:
    """To followers and to voters, who need not follow, as the same version of the same post."""
    for voter, option in ((bob, "tea"), (carol, "cake")):
        voting.receive(lively, voter, ours, [option], at=lively.now)
        pass_time(lively, minutes=1)
    waiting = queued(lively)

    pass_time(lively, minutes=2)

    update = last_body(lively)
    assert waiting == []
    assert queued(lively) == [("Update", "https://far.example/inbox"), ("Update", "https://other.example/inbox")]
    assert update["id"].startswith(f"{ours.uri}#tallies/")
    assert "updated" not in update["object"]
    assert [option["replies"]["totalItems"] for option in update["object"]["oneOf"]] == [1, 1]
    assert due(lively) == [("end", timedelta(minutes=56))]


def test_what_is_out_of_date_is_not_told(lively: Tx, owner: Account, ours: Post, bob: Account, carol: Account) -> None:
    """A tally that still waits for a silent host gives way to the next; an edit that waits does not."""
    posting.edit(lively, ours.id, draft("Which one?", poll=BALLOT))
    voting.receive(lively, bob, ours, ["tea"], at=lively.now)
    pass_time(lively, minutes=4)
    voting.receive(lively, carol, ours, ["cake"], at=lively.now)

    pass_time(lively, minutes=4)

    waiting = lively.all(
        "SELECT b.activity FROM deliveries d JOIN bodies b ON b.id = d.body_id WHERE d.state = 'waiting'"
        " AND d.inbox LIKE '%far%' ORDER BY b.id"
    )
    assert [activity.partition("#")[2].partition("/")[0] for (activity,) in waiting] == ["updates", "tallies"]


def test_the_end_is_told_with_the_last_tally(lively: Tx, owner: Account, ours: Post, bob: Account) -> None:
    pass_time(lively, minutes=59)
    voting.receive(lively, bob, ours, ["tea"], at=lively.now)

    pass_time(lively, minutes=1)

    question = last_body(lively)["object"]
    assert (question["closed"], question["oneOf"][0]["replies"]["totalItems"]) == ("2026-03-01T13:00:00Z", 1)
    assert queued(lively) == [("Update", "https://far.example/inbox")]
    assert told(lively) == [("poll", owner.id, ours.id)]
    assert due(lively) == []


def test_totals_that_are_hidden_are_not_in_the_question(lively: Tx, owner: Account, bob: Account) -> None:
    world.befriend(lively, bob, owner)
    hidden = Ballot(options=("tea", "cake"), lasts=HOUR, hide_totals=True)
    post = posting.publish(lively, draft("Which?", poll=hidden))
    voting.receive(lively, bob, post, ["tea"], at=lively.now)
    before = last_body(lively)["object"]["oneOf"][0]

    pass_time(lively, hours=1)

    assert before["replies"] == {"type": "Collection"}
    assert last_body(lively)["object"]["oneOf"][0]["replies"] == {"type": "Collection", "totalItems": 1}


def test_an_account_that_goes_takes_its_votes_along(
    lively: Tx, owner: Account, ours: Post, bob: Account, carol: Account
) -> None:
    """Out of what still runs; what has ended stays as it ended."""
    short = posting.publish(lively, draft("Quick?", poll=Ballot(options=("a", "b"), lasts=300)))
    for voter in (bob, carol):
        voting.receive(lively, voter, ours, ["tea"], at=lively.now)
        voting.receive(lively, voter, short, ["a"], at=lively.now)
    pass_time(lively, minutes=10)

    meeting.forget(lively, bob.uri)

    assert (stands(lively, ours), stands(lively, short)) == (([1, 0], 1), ([2, 0], 2))
    assert due(lively)[0] == ("tally", timedelta(minutes=3))


@pytest.mark.parametrize(
    ("ballot", "standing"),
    [
        (Ballot(options=("tea", "cake"), lasts=600), ([1, 0], 1)),
        (Ballot(options=("tea", "cake"), lasts=600, multiple=True), ([0, 0], 0)),
        (Ballot(options=("cake", "tea"), lasts=600), ([0, 0], 0)),
    ],
)
def test_an_edit_keeps_votes_while_the_choices_stay(
    lively: Tx, ours: Post, bob: Account, ballot: Ballot, standing: object
) -> None:
    voting.receive(lively, bob, ours, ["tea"], at=lively.now)

    posting.edit(lively, ours.id, draft("Which?", poll=ballot))

    assert stands(lively, ours) == standing
    assert ("end", timedelta(minutes=10)) in due(lively)
    assert [edit.options for edit in edits.of_post(lively, ours.id)] == [("tea", "cake")]


@pytest.mark.parametrize("ballot", [None, BALLOT, MANY])
def test_who_voted_hears_of_the_edit(
    lively: Tx, ours: Post, bob: Account, carol: Account, ballot: Ballot | None
) -> None:
    """Carol does not follow, and has voted: also when her vote is worth nothing any more."""
    voting.receive(lively, carol, ours, ["tea"], at=lively.now)

    posting.edit(lively, ours.id, draft("Which one?", poll=ballot))

    assert queued(lively) == [("Update", "https://far.example/inbox"), ("Update", "https://other.example/inbox")]


def test_a_poll_comes_and_goes_with_an_edit(lively: Tx, owner: Account) -> None:
    post = posting.publish(lively, draft("Which?"))

    with_poll = posting.edit(lively, post.id, draft("Which?", poll=BALLOT))
    shape = poll_of(lively, post).shape
    without = posting.edit(lively, post.id, draft("Which?"))
    pass_time(lively, hours=2)

    assert (with_poll.kind, shape, without.kind) == ("Question", (False, ("tea", "cake")), "Note")
    assert polls.find(lively, post.id) is None
    assert told(lively) == []


def test_a_poll_that_runs_again_ends_again(lively: Tx, owner: Account, ours: Post) -> None:
    pass_time(lively, hours=1)
    posting.edit(lively, ours.id, draft("Once more?", poll=BALLOT))
    between = told(lively)

    pass_time(lively, hours=1)

    assert (between, told(lively)) == ([], [("poll", owner.id, ours.id)])


def test_a_deleted_poll_leaves_nothing_due(lively: Tx, ours: Post, bob: Account, carol: Account) -> None:
    """Whoever voted hears of the Delete, told how it stands before or not."""
    voting.receive(lively, carol, ours, ["tea"], at=lively.now)

    posting.delete(lively, ours.id)

    assert queued(lively) == [("Delete", "https://far.example/inbox"), ("Delete", "https://other.example/inbox")]
    assert [lively.one(f"SELECT count(*) FROM {table}")[0] for table in ("polls", "votes", "deadlines")] == [0, 0, 0]


def test_what_is_no_longer_due_is_left_alone(lively: Tx, ours: Post) -> None:
    """Put off, deleted, or of an owner who has left, between the look and the deed."""
    other = posting.publish(lively, draft("And?", poll=BALLOT))
    third = posting.publish(lively, draft("And?", poll=BALLOT))
    world.later(lively, hours=2)
    polls.drop(lively, ours.id)
    deadlines.put(lively, other.id, "end", lively.now + timedelta(hours=1))

    for post in (ours, other):
        polling.keep(lively, Deadline(post_id=post.id, kind="end"))
    farewells.put(lively)
    polling.keep(lively, Deadline(post_id=third.id, kind="end"))

    assert told(lively) == []


# Others' --------------------------------------------------------------------------------------------------------------
def asks(*numbers: int | None, names: tuple[str, ...] = ("tea", "cake"), **fields: Any) -> IncomingPoll:
    options = tuple(
        IncomingOption(name=name, title=name, votes=number) for name, number in zip(names, numbers, strict=True)
    )
    return IncomingPoll(options=options, **fields)


@pytest.fixture
def question(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> Callable[..., IncomingPost]:
    """Return what makes a Question of Bob's, which ends in an hour; the owner follows him."""
    world.befriend(lively, owner, bob)
    end = lively.now + timedelta(hours=1)
    published = lively.now

    def make(poll: IncomingPoll | None, **fields: Any) -> IncomingPost:
        if poll is not None and poll.ends_at is None and not poll.closed:
            poll = structs.replace(poll, ends_at=end)
        return incoming(bob, **{"kind": "Question", "poll": poll, "published_at": published, **fields})

    return make


@pytest.fixture
def theirs(lively: Tx, question: Incoming, events: list[Event]) -> Post:
    """Return such a Question as it is stored."""
    post = receiving.receive(lively, question(asks(3, 1, voters=4)), SENT)
    assert isinstance(post, Post)
    events.clear()
    return post


def test_it_stands_as_its_origin_says(lively: Tx, theirs: Post) -> None:
    assert stands(lively, theirs) == ([3, 1], 4)
    assert poll_of(lively, theirs).ends_at == lively.now + timedelta(hours=1)


def test_a_tally_is_no_edit(lively: Tx, theirs: Post, question: Incoming, events: list[Event]) -> None:
    """Also from those who set ``updated`` with every count; a count that is missing leaves the last one."""
    revising.revise(lively, question(asks(5, None, voters=6), updated_at=lively.now))
    post = posts.get(lively, theirs.id)

    assert (stands(lively, theirs), post.edited_at) == (([5, 1], 6), None)
    assert events == [PollTallied(post=theirs.id, local=False)]


def test_other_choices_are_an_edit_and_void_votes(
    lively: Tx, owner: Account, theirs: Post, question: Incoming, events: list[Event]
) -> None:
    voting.vote(lively, theirs, [0])
    events.clear()

    revising.revise(lively, question(asks(0, 0, names=("beer", "wine"))))

    assert stands(lively, theirs) == ([0, 0], None)
    assert (votes.find(lively, theirs.id, owner.id), due(lively)) == ((), [])
    assert [event for event in events if isinstance(event, PostEdited)] == [PostEdited(post=theirs.id, local=False)]
    assert [edit.options for edit in edits.of_post(lively, theirs.id)] == [("tea", "cake")]


def test_what_was_not_edited_later_keeps_its_choices(lively: Tx, theirs: Post, question: Incoming) -> None:
    """An Update that says that nothing was edited cannot change what people voted for."""
    revising.revise(lively, question(asks(9, 9, names=("beer", "wine")), updated_at=theirs.published_at))

    assert stands(lively, theirs) == ([3, 1], 4)


def test_a_poll_can_be_taken_away(lively: Tx, theirs: Post, question: Incoming) -> None:
    revising.revise(lively, question(None, kind="Note", updated_at=lively.now + timedelta(seconds=1)))

    assert polls.find(lively, theirs.id) is None
    assert posts.get(lively, theirs.id).kind == "Note"


def test_a_question_from_before_polls_were_understood_learns_its_poll(
    lively: Tx, theirs: Post, question: Incoming
) -> None:
    polls.drop(lively, theirs.id)

    revising.revise(lively, question(asks(5, 2)))

    assert stands(lively, theirs) == ([5, 2], None)
    assert posts.get(lively, theirs.id).edited_at is None


def test_what_is_closed_without_a_time_ended_when_that_was_heard(
    lively: Tx, owner: Account, bob: Account, theirs: Post, question: Incoming
) -> None:
    """And not later each time it is said again. Who voted is told a minute later, and the origin asked once more."""
    voting.vote(lively, theirs, [0])
    for _ in range(3):
        revising.revise(lively, question(asks(4, 1, closed=True)))
        world.later(lively, seconds=10)
    ended = poll_of(lively, theirs)
    pass_time(lively, minutes=1)

    assert (ended.ended, ended.ends_at) == (True, world.NOW)
    assert told(lively) == [("poll", bob.id, theirs.id)]
    assert [(fetch.uri, fetch.kind) for fetch in fetches.claim(lively, limit=5)] == [(theirs.uri, "poll")]


def test_an_end_that_moves_is_awaited_where_it_is(lively: Tx, owner: Account, theirs: Post, question: Incoming) -> None:
    voting.vote(lively, theirs, [0])
    before = due(lively)

    revising.revise(lively, question(asks(3, 1, ends_at=lively.now + timedelta(hours=3))))
    later = due(lively)
    revising.revise(lively, structs.replace(question(None), poll=asks(3, 1)))

    assert [before, later, due(lively)] == [
        [("end", timedelta(hours=1, minutes=1))],
        [("end", timedelta(hours=3, minutes=1))],
        [],
    ]


def test_nobody_is_told_who_did_not_vote(lively: Tx, theirs: Post) -> None:
    pass_time(lively, hours=2)

    assert (told(lively), due(lively)) == ([], [])


def test_the_end_of_a_muted_authors_poll_is_not_told(lively: Tx, owner: Account, bob: Account, theirs: Post) -> None:
    voting.vote(lively, theirs, [0])
    muting.mute(lively, bob)

    pass_time(lively, hours=2)

    assert told(lively) == []


MOMENTS = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.booleans() | st.none() | st.text(max_size=3)
CHOICES = st.lists(
    st.fixed_dictionaries(
        {"name": st.text(max_size=4) | st.integers(), "replies": st.dictionaries(st.just("totalItems"), st.integers())}
    ),
    max_size=4,
)
QUESTIONS = st.fixed_dictionaries(
    {},
    optional={
        "oneOf": CHOICES,
        "anyOf": CHOICES,
        "endTime": MOMENTS,
        "closed": MOMENTS,
        "votersCount": st.integers(),
        "updated": MOMENTS,
        "type": st.sampled_from(["Question", "Note"]),
    },
)


@given(st.lists(QUESTIONS, min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 10_000_000))
def test_whatever_is_told_of_a_poll_it_can_be_kept(versions: list[dict[str, Any]], position: int, seconds: int) -> None:
    """Hostile versions one after the other, a vote between them, its end: the last one is what is there."""
    tx = world.empty_tx()
    tx.then = consequences.follow
    owner, bob = world.acquaint(tx, "alice@home.example", local=True), world.acquaint(tx, "bob@far.example")
    world.befriend(tx, owner, bob)
    note = {"id": f"{bob.uri}/1", "type": "Question", "attributedTo": bob.uri, "to": PUBLIC, "content": "?"}
    post = receiving.receive(tx, inward.post(Document(note | versions[0])), SENT)
    assert isinstance(post, Post)

    for version in versions:
        revising.revise(tx, inward.post(Document(note | version)))
        with suppress(Invalid, NotFound):
            voting.vote(tx, post, [position])
    pass_time(tx, seconds=seconds)

    detail = details.of_posts(tx, [posts.get(tx, post.id)])[post.id]
    assert detail.poll is None or 0 < len(detail.poll.options) <= 4
    assert all(0 <= place < 4 for place in detail.own_votes)
    assert len(told(tx)) <= 1


# The owner votes ------------------------------------------------------------------------------------------------------
def test_a_vote_goes_to_the_author_alone(lively: Tx, owner: Account, bob: Account, theirs: Post) -> None:
    voting.vote(lively, theirs, [1])

    create = last_body(lively)
    assert queued(lively) == [("Create", bob.inbox)]
    assert create["object"] == {
        "id": create["object"]["id"],
        "type": "Note",
        "attributedTo": owner.uri,
        "to": [bob.uri],
        "inReplyTo": theirs.uri,
        "name": "cake",
        "published": "2026-03-01T12:00:00Z",
    }
    assert create["id"] == f"{create['object']['id']}/activity"
    assert create["object"]["id"].startswith("https://home.example/votes/")
    assert stands(lively, theirs) == ([3, 2], 5)


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        ([0, 1], "You have already voted on this poll"),
        ([2], "The chosen vote option does not exist"),
        ([-1], "The chosen vote option does not exist"),
        ([1 << 62], "The chosen vote option does not exist"),
    ],
)
def test_the_owner_is_told_why_not(lively: Tx, theirs: Post, positions: list[int], words: str) -> None:
    with pytest.raises(Invalid) as caught:
        voting.vote(lively, theirs, positions)

    assert caught.value.message == f"Validation failed: {words}"


def test_there_is_no_voting_where_there_is_no_poll(lively: Tx, bob: Account) -> None:
    with pytest.raises(NotFound):
        voting.vote(lively, world.say(lively, bob), [0])


def test_a_poll_is_worth_asking_for_while_it_can_change(
    lively: Tx, owner: Account, theirs: Post, ours: Post, question: Incoming
) -> None:
    """Not ours, not within a minute of the last answer or question, not once its end was told."""
    at_once = polling.ask(lively, theirs)
    world.later(lively, minutes=2)
    later, again = polling.ask(lively, theirs), polling.ask(lively, theirs)
    world.later(lively, hours=1)
    ended = polling.ask(lively, theirs)
    revising.revise(lively, question(asks(5, 5)))
    world.later(lively, hours=1)

    assert (at_once, later, again, ended) == (None, theirs.uri, None, theirs.uri)
    assert (polling.ask(lively, theirs), polling.ask(lively, ours)) == (None, None)


def test_strangers_polls_cost_no_notification(lively: Tx, know: Know, owner: Account, theirs: Post) -> None:
    """A poll that moves its end around is told of once."""
    voting.vote(lively, theirs, [0])
    pass_time(lively, hours=2)
    polls.change(lively, theirs.id, ends_at=lively.now + timedelta(minutes=5))
    polling.await_end(lively, theirs.id)

    pass_time(lively, hours=1)

    assert len(told(lively)) == 1
    assert notifications.unread(lively) == 1
