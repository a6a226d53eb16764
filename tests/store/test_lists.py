"""Lists: who is in them for how long, and what their timelines show."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.list import List, Replies
from smallfed.domain.post import Post, Visibility
from smallfed.errors import NotFound
from smallfed.store import blocks, follows, lists, mentions, mutes, timelines
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know

ALL = Page(limit=40)
Say = Callable[..., Post]
People = Callable[[str], Account]


@pytest.fixture
def people(tx: Tx, know: Know, owner: Account) -> People:
    """Return ``people(name)``: somebody whom the owner follows."""

    def meet(name: str) -> Account:
        account = know(f"{name}@{name}.example")
        world.befriend(tx, owner, account)
        return account

    return meet


@pytest.fixture
def say(tx: Tx) -> Say:
    """Return ``say(author, **columns)``: a post in home, each a second after the one before."""

    def later_each_time(author: Account, **columns: Any) -> Post:
        world.later(tx, seconds=1)
        return world.say(tx, author, **{"in_home": True, **columns})

    return later_each_time


def make(tx: Tx, *members: Account, number: int = 1, **fields: Any) -> List:
    """Store a list of people whom the owner follows, and return it."""
    known = List(id=number, **{"title": "Friends", "created_at": tx.now, **fields})
    lists.put(tx, known)
    owner = world.accounts.owner(tx)
    for member in members:
        follow = follows.find(tx, owner.id, member.id)
        lists.put_member(tx, number, member.id, follow=None if follow is None else follow.id)
    return known


def answer_to(parent: Post) -> dict[str, Any]:
    return {
        "in_reply_to": parent.uri,
        "in_reply_to_id": parent.id,
        "in_reply_to_account_id": parent.account_id,
    }


def test_lists_and_members(tx: Tx, people: People) -> None:
    bob, carol, dave = people("bob"), people("carol"), people("dave")
    friends = make(tx, bob, carol)
    work = make(tx, carol, number=2, title="Work", replies=Replies.NONE, exclusive=True)

    assert lists.every(tx) == [friends, work]
    assert (lists.get(tx, 2), lists.titled(tx, "Work"), lists.titled(tx, "work")) == (work, [work], [])
    assert (lists.holding(tx, carol.id), lists.holding(tx, dave.id)) == ([friends, work], [])
    highest_first = sorted([bob, carol], key=lambda account: -account.id)
    assert lists.members(tx, 1) == highest_first
    assert lists.members(tx, 1, Page(limit=1)) == highest_first[:1]
    assert lists.members(tx, 1, Page(max_id=highest_first[0].id)) == highest_first[1:]
    assert lists.put_member(tx, 1, bob.id, follow=None) is False
    assert lists.drop_members(tx, 1, [bob.id, dave.id]) == 1
    lists.change(tx, 1, title="Old friends", exclusive=True)
    assert lists.get(tx, 1).title == "Old friends"
    assert lists.drop(tx, 1) is True
    assert lists.drop(tx, 1) is False
    assert tx.one("SELECT count(*) FROM list_members") == (1,)
    with pytest.raises(NotFound):
        lists.get(tx, 1)


def test_a_list_shows_what_its_members_bring_home(tx: Tx, owner: Account, people: People, say: Say) -> None:
    """Boosts too, and what only followers may see; not what is not in home, nor what others say."""
    bob, carol, dave = people("bob"), people("carol"), people("dave")
    first = say(bob)
    secret = say(carol, visibility=Visibility.PRIVATE)
    boost = world.wrap(tx, carol, say(dave), in_home=True)
    say(bob, in_home=False)
    mine = say(owner)

    assert timelines.of_list(tx, make(tx, bob, carol), ALL) == [boost, secret, first]
    assert timelines.of_list(tx, make(tx, owner, number=2), ALL) == [mine]
    assert timelines.of_list(tx, make(tx, number=3), ALL) == []


@pytest.mark.parametrize("how", ["mute", "block", "blocked_by", "domain"])
def test_the_unwanted_are_not_read_there(tx: Tx, owner: Account, people: People, say: Say, how: str) -> None:
    """Neither they, nor their words in another's mouth, nor what is said to them."""
    bob, carol = people("bob"), people("carol")
    world.wrap(tx, carol, say(bob), in_home=True)
    mentions.put(tx, say(carol).id, bob.id)
    kept = say(carol)
    known = make(tx, bob, carol)
    assert len(timelines.of_list(tx, known, ALL)) == 4

    match how:
        case "mute":
            mutes.put(tx, bob.id, notifications=True, expires_at=None)
        case "block":
            blocks.put(tx, owner.id, bob.id, "https://home.example/blocks/1")
        case "blocked_by":
            blocks.put(tx, bob.id, owner.id, "https://bob.example/blocks/1")
        case "domain":
            world.keep_away(tx, "bob.example")

    assert timelines.of_list(tx, known, ALL) == [kept]


@pytest.mark.parametrize(
    ("replies", "shown"),
    [
        (Replies.FOLLOWED, ["to followed", "to member", "to owner", "to self"]),
        (Replies.LIST, ["to member", "to owner", "to self"]),
        (Replies.NONE, ["to owner", "to self"]),
    ],
)
def test_whose_answers_are_shown(
    tx: Tx, owner: Account, people: People, say: Say, replies: Replies, shown: list[str]
) -> None:
    """Answers to the owner and to oneself always, as Mastodon does."""
    bob, carol, dave = people("bob"), people("carol"), people("dave")
    above = {"to self": bob, "to owner": owner, "to member": carol, "to followed": dave}
    for text, author in above.items():
        say(bob, content=text, **answer_to(say(author, in_home=False)))

    found = timelines.of_list(tx, make(tx, bob, carol, replies=replies), ALL)

    assert [post.content for post in found] == shown


def test_exclusive_lists_keep_their_members_out_of_home(tx: Tx, owner: Account, people: People, say: Say) -> None:
    """From when they come until they go; what others boost of theirs is the others', and the owner stays at home."""
    bob, carol = people("bob"), people("carol")
    mine, bobs = say(owner), say(bob)
    boost = say(carol, kind="Announce", boost_of_id=bobs.id)
    everything = [boost, bobs, mine]
    make(tx, bob, number=2)
    assert timelines.home(tx, ALL) == everything

    known = make(tx, bob, owner, exclusive=True)
    kept_out = timelines.home(tx, ALL)
    listed = timelines.of_list(tx, known, ALL)
    lists.drop_members(tx, known.id, [bob.id])

    assert kept_out == [boost, mine]
    assert listed == [bobs, mine]
    assert timelines.home(tx, ALL) == everything
    lists.put_member(tx, known.id, bob.id, follow=None)
    lists.change(tx, known.id, exclusive=False)
    assert timelines.home(tx, ALL) == everything


BOUNDS = st.none() | st.integers(0, 61)


@given(
    authors=st.lists(st.integers(0, 5), max_size=60),
    listed=st.sets(st.integers(0, 5)),
    limit=st.integers(1, 7),
    bounds=st.tuples(BOUNDS, BOUNDS, BOUNDS),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_page_is_what_a_walk_through_home_would_find(
    tx: Tx,
    owner: Account,
    know: Know,
    authors: list[int],
    listed: set[int],
    limit: int,
    bounds: tuple[int | None, int | None, int | None],
) -> None:
    """Whoever posts however often: the rule by which only some members are looked at loses nothing."""
    tx.sql.execute("SAVEPOINT example")
    several = [know(f"p{number}@far.example") for number in range(6)]
    for number, author in enumerate(authors, 1):
        world.say(tx, several[author], id=number, in_home=number % 7 != 0)
    known = make(tx, *(several[number] for number in listed))
    max_id, since_id, min_id = bounds
    page = Page(max_id=max_id, since_id=since_id, min_id=min_id, limit=limit)

    found = [post.id for post in timelines.of_list(tx, known, page)]

    wanted = [
        number
        for number, author in enumerate(authors, 1)
        if author in listed
        and number % 7 != 0
        and (max_id is None or number < max_id)
        and (since_id is None or number > since_id)
        and (min_id is None or number > min_id)
    ]
    assert found == (wanted[:limit] if min_id is not None else wanted[-limit:])[::-1]
    tx.sql.execute("ROLLBACK TO example")
    tx.sql.execute("RELEASE example")
    tx.known.clear()


def test_what_a_hashtag_brought_is_in_no_list(tx: Tx, people: People, say: Say) -> None:
    """A member answers a stranger: that is at home for its hashtag alone, and no list would show it."""
    bob = people("bob")
    brought = say(bob, by_tag=True, in_reply_to="https://far.example/1")
    lists_of_all_kinds = [make(tx, bob, number=number, replies=each) for number, each in enumerate(Replies, 1)]

    assert timelines.home(tx, ALL) == [brought]
    assert [timelines.of_list(tx, known, ALL) for known in lists_of_all_kinds] == [[], [], []]
