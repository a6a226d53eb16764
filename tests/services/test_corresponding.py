"""Direct posts are kept together by thread and people, and told apart from what the owner has read."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.correspondence import Correspondence
from smallfed.domain.draft import Draft
from smallfed.domain.events import CorrespondenceChanged, Event
from smallfed.domain.incoming import IncomingMention
from smallfed.domain.notification import Handling, Policy
from smallfed.domain.post import Post, Visibility
from smallfed.errors import NotFound
from smallfed.services import blocking, corresponding, meeting, moderating, posting, screening
from smallfed.services.moderating import Wish
from smallfed.services.receiving import SENT, Coming, receive
from smallfed.services.removing import remove
from smallfed.store import correspondences, mutes, notification_requests, posts, timelines
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.services.conftest import Incoming, draft
from tests.services.test_people import actor

Hear = Callable[..., Post]


@pytest.fixture
def hear(lively: Tx, owner: Account, incoming: Incoming) -> Hear:
    """Return ``hear(author, number, names=(), answers=None)``: a direct post arrives for the owner."""

    def arrive(author: Account, number: int, *names: Account, answers: Post | None = None, **fields: Any) -> Post:
        world.later(lively, seconds=1)
        post = incoming(
            author,
            number,
            (owner, *names),
            to=(owner.uri, *(name.uri for name in names)),
            cc=(),
            in_reply_to=None if answers is None else answers.uri,
        )
        stored = receive(lively, post, Coming(fresh=fields.get("fresh", True)))
        assert isinstance(stored, Post)
        return stored

    return arrive


def say(tx: Tx, *names: Account, answers: Post | None = None) -> Post:
    """Publish a direct post."""
    world.later(tx, seconds=1)
    wanted: Draft = draft(
        visibility=Visibility.DIRECT,
        mentions=tuple(name.id for name in names),
        in_reply_to_id=None if answers is None else answers.id,
    )
    return posting.publish(tx, wanted)


def shown(tx: Tx) -> list[tuple[set[int], int | None, bool]]:
    """Return (people, last post, unread) of all correspondences, as they are listed."""
    return [(set(one.people), one.last_post_id, one.unread) for one in correspondences.page(tx, Page(limit=40))]


def test_a_message_and_its_answer(lively: Tx, bob: Account, hear: Hear, events: list[Event]) -> None:
    first = hear(bob, 1)
    heard = shown(lively)
    answer = say(lively, bob, answers=first)

    assert heard == [({bob.id}, first.id, True)]
    assert shown(lively) == [({bob.id}, answer.id, False)]
    (known,) = correspondences.page(lively, Page(limit=40))
    changed = CorrespondenceChanged(correspondence=known.id)
    assert [event for event in events if isinstance(event, CorrespondenceChanged)] == [changed, changed]
    assert known == Correspondence(id=known.id, thread=first.id, people=(bob.id,), last_post_id=answer.id)


def test_others_in_a_thread_make_another_one(lively: Tx, bob: Account, carol: Account, hear: Hear) -> None:
    """And another thread too, also among the same people; the newest comes first."""
    first = hear(bob, 1)
    three = hear(bob, 2, carol, answers=first)
    back = hear(bob, 3, answers=three)
    other = hear(bob, 4)

    assert shown(lively) == [
        ({bob.id}, other.id, True),
        ({bob.id}, back.id, True),
        ({bob.id, carol.id}, three.id, True),
    ]


def test_notes_to_oneself(lively: Tx, owner: Account) -> None:
    post = say(lively)

    assert shown(lively) == [(set(), post.id, False)]


def test_what_is_no_direct_post_is_in_none(lively: Tx, bob: Account, owner: Account, incoming: Incoming) -> None:
    receive(lively, incoming(bob, named=(owner,)), SENT)
    posting.publish(lively, draft(visibility=Visibility.PRIVATE, mentions=(bob.id,)))

    assert shown(lively) == []


def test_what_is_fetched_is_not_unread(lively: Tx, bob: Account, hear: Hear) -> None:
    first = hear(bob, 1, fresh=False)

    assert shown(lively) == [({bob.id}, first.id, False)]


def test_what_comes_twice_is_there_once(lively: Tx, bob: Account, hear: Hear, events: list[Event]) -> None:
    first = hear(bob, 1)
    (known,) = correspondences.page(lively, Page(limit=40))
    corresponding.mark(lively, known.id, unread=False)
    events.clear()

    assert hear(bob, 1) == first
    assert shown(lively) == [({bob.id}, first.id, False)]
    assert [event for event in events if isinstance(event, CorrespondenceChanged)] == []


@pytest.mark.parametrize("answered", [True, False])
def test_answers_that_come_first_are_joined(
    lively: Tx, bob: Account, carol: Account, hear: Hear, incoming: Incoming, answered: bool
) -> None:
    """When what they answer comes, whether that begins the thread or goes on with one that is here already."""
    begun = hear(bob, 1)
    missing = structs.replace(begun, uri=incoming(bob, 2).uri)
    answer = hear(bob, 3, answers=missing)
    others = hear(bob, 4, carol, answers=answer)
    before = shown(lively)

    late = hear(bob, 2, answers=begun if answered else None)

    assert before == [({bob.id, carol.id}, others.id, True), ({bob.id}, answer.id, True), ({bob.id}, begun.id, True)]
    found = correspondences.page(lively, Page(limit=40))
    thread = begun.id if answered else late.id
    assert [(one.thread, set(one.people), one.last_post_id, one.unread) for one in found] == [
        (thread, {bob.id}, late.id, True),
        (thread, {bob.id, carol.id}, others.id, True),
        *([] if answered else [(begun.id, {bob.id}, begun.id, True)]),
    ]
    assert correspondences.find_of(lively, answer.id) == found[0]
    remove(lively, late.uri, bob.uri)
    assert (({bob.id}, answer.id, True)) in shown(lively)


def test_deleted_posts_leave_and_the_last_takes_it_along(lively: Tx, bob: Account, hear: Hear) -> None:
    first = hear(bob, 1)
    second = hear(bob, 2, answers=first)

    remove(lively, second.uri, bob.uri)
    before = shown(lively)
    posts.drop_all(lively, bob.id)

    assert before == [({bob.id}, first.id, True)]
    assert shown(lively) == []


def test_a_thread_goes_on_where_its_first_post_is_gone(lively: Tx, bob: Account, hear: Hear) -> None:
    first = hear(bob, 1)
    second = hear(bob, 2, answers=first)
    remove(lively, first.uri, bob.uri)

    third = hear(bob, 3, answers=second)

    assert shown(lively) == [({bob.id}, third.id, True)]


@pytest.mark.parametrize("how", ["mute", "muted domain", "thread", "domain"])
def test_of_whom_the_owner_wants_no_news(lively: Tx, owner: Account, bob: Account, hear: Hear, how: str) -> None:
    """It stays as it was; what was said meanwhile is not added afterwards, as with Mastodon."""
    first = hear(bob, 1)
    match how:
        case "mute":
            mutes.put(lively, bob.id, notifications=True, expires_at=None)
        case "muted domain":
            moderating.set_up(lively, "far.example", Wish(mute=True))
        case "thread":
            mutes.put_thread(lively, first.id)
        case "domain":
            world.keep_away(lively, "far.example")
    second = world.say(lively, bob, visibility=Visibility.DIRECT, in_reply_to_id=first.id, in_reply_to=first.uri)
    corresponding.file(lively, second)
    while_it_lasts = shown(lively)
    if how == "domain":
        world.let_near(lively, "far.example")

    assert while_it_lasts == ([] if how == "domain" else [({bob.id}, first.id, True)])
    assert shown(lively) == [({bob.id}, first.id, True)]


@pytest.mark.parametrize("handling", [Handling.FILTER, Handling.DROP])
def test_what_the_policy_keeps_back(
    lively: Tx, owner: Account, bob: Account, hear: Hear, events: list[Event], handling: Handling
) -> None:
    """It is no correspondence, and in no timeline, before the owner wants to hear of its author."""
    screening.change(lively, Policy(private_mentions=handling))
    first = hear(bob, 1)
    second = hear(bob, 2, answers=first)
    before = shown(lively), [post.id for post in timelines.direct(lively, Page())]
    changes = [event for event in events if isinstance(event, CorrespondenceChanged)]

    requests = notification_requests.newest(lively, Page())
    screening.accept(lively, requests)

    filtered = handling is Handling.FILTER
    assert (before, changes) == (([], [] if filtered else [second.id, first.id]), [])
    assert shown(lively) == ([({bob.id}, second.id, True)] if filtered else [])
    assert [post.id for post in timelines.direct(lively, Page())] == [second.id, first.id]
    third = hear(bob, 3, answers=second)
    assert shown(lively) == ([({bob.id}, third.id, True)] if filtered else [])


def test_the_owners_own_words_are_always_there(lively: Tx, owner: Account, bob: Account, hear: Hear) -> None:
    """To whom the owner has answered, the owner wants to hear."""
    screening.change(lively, Policy(private_mentions=Handling.FILTER))
    first = hear(bob, 1)
    answer = say(lively, bob, answers=first)
    alone = shown(lively)

    back = hear(bob, 2, answers=answer)

    assert (alone, shown(lively)) == ([({bob.id}, answer.id, False)], [({bob.id}, back.id, True)])


def test_blocking_forgets_all_that_somebody_is_in(lively: Tx, bob: Account, carol: Account, hear: Hear) -> None:
    hear(bob, 1)
    hear(carol, 2, bob)
    alone = hear(carol, 3)

    blocking.block(lively, bob)

    assert shown(lively) == [({carol.id}, alone.id, True)]


def test_forgetting_one_leaves_the_posts(lively: Tx, bob: Account, hear: Hear) -> None:
    """It begins anew with the next message."""
    first = hear(bob, 1)
    (known,) = correspondences.page(lively, Page(limit=40))

    corresponding.forget(lively, known.id)
    gone = shown(lively)
    second = hear(bob, 2, answers=first)

    assert gone == []
    assert posts.find(lively, first.id) == first
    assert shown(lively) == [({bob.id}, second.id, True)]
    with pytest.raises(NotFound):
        corresponding.forget(lively, known.id)


def test_marking(lively: Tx, bob: Account, hear: Hear, events: list[Event]) -> None:
    """The house hears of what is new."""
    hear(bob, 1)
    (known,) = correspondences.page(lively, Page(limit=40))
    events.clear()

    marks = [corresponding.mark(lively, known.id, unread=unread).unread for unread in (False, False, True)]

    assert marks == [False, False, True]
    assert events == [CorrespondenceChanged(correspondence=known.id)] * 2


def test_people_we_meet_later_are_in_it(lively: Tx, bob: Account, know: Know, hear: Hear, incoming: Incoming) -> None:
    stranger = actor(uri="https://new.example/users/dave", username="dave")
    post = incoming(bob, 1, (world.accounts.owner(lively),), to=(world.accounts.owner(lively).uri,), cc=())
    naming = IncomingMention(href=stranger.uri)
    stored = receive(lively, structs.replace(post, mentions=(*post.mentions, naming)), SENT)
    assert isinstance(stored, Post)
    before = shown(lively)

    dave = meeting.meet(lively, stranger, "new.example")

    assert before == [({bob.id}, stored.id, True)]
    assert shown(lively) == [({bob.id, dave.id}, stored.id, True)]
