"""Followed hashtags bring public posts home, and what only they brought goes with them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smallfed.domain.account import Account
from smallfed.domain.domain_block import Severity
from smallfed.domain.events import Event
from smallfed.domain.post import Post, Visibility
from smallfed.domain.rule import Action, Family
from smallfed.errors import Invalid
from smallfed.policy.timelines import Place
from smallfed.services import following, legislating, moderating, sorting, tag_following
from smallfed.services.moderating import Wish
from smallfed.services.receiving import FETCHED, receive
from smallfed.services.revising import revise
from smallfed.store import follows, mentions, mutes, pasts, posts, timelines
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import PUBLIC, Incoming

ALL = Page(limit=200)


def tagged(tx: Tx, author: Account, *names: str, **columns: Any) -> Post:
    """Store a post with hashtags, a second after whatever was before."""
    world.later(tx, seconds=1)
    post = world.say(tx, author, **columns)
    mentions.replace_hashtags(tx, post.id, names)
    return post


def home(tx: Tx) -> list[int]:
    """Return the ids of what stands at home."""
    return [post.id for post in timelines.home(tx, ALL)]


@pytest.mark.parametrize("written", ["cats", "#Cats", " CATS ", "ｃａｔｓ"])
def test_every_spelling_is_the_same_hashtag(tx: Tx, owner: Account, written: str, events: list[Event]) -> None:
    assert tag_following.follow(tx, written) == tag_following.follow(tx, "cats") == "cats"
    assert tag_following.unfollow(tx, written) == tag_following.unfollow(tx, "cats") == "cats"
    assert events == []


@pytest.mark.parametrize("written", ["", "#", "two words", "123", "a-b", "x" * 256])
def test_what_is_no_hashtag_is_not_followed(tx: Tx, owner: Account, written: str) -> None:
    with pytest.raises(Invalid):
        tag_following.follow(tx, written)


def test_who_is_not_met_under_a_hashtag_is_not_met_at_home(
    tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming
) -> None:
    """Strangers on limited servers, and what a rule hides; but whom the owner follows. What is lifted is back."""
    tag_following.follow(tx, "cats")
    legislating.make(tx, Family.KEYWORD, "buy", Action.HIDE)
    advert = receive(tx, incoming(carol, 1, hashtags=("cats",), content="<p>buy cats</p>"), FETCHED)
    plain = receive(tx, incoming(carol, 2, hashtags=("cats",)), FETCHED)
    limited = receive(tx, incoming(bob, 3, hashtags=("cats",)), FETCHED)
    assert set(home(tx)) == {limited.id, plain.id}

    block = moderating.set_up(tx, bob.host, Wish(severity=Severity.SILENCE))
    meanwhile = home(tx)
    moderating.lift(tx, block.id)

    assert bob.host != carol.host
    assert meanwhile == [plain.id]
    assert set(home(tx)) == {limited.id, plain.id}
    assert advert.in_home
    assert advert.by_tag


def test_what_arrives_comes_home(tx: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming) -> None:
    """Of whoever wrote it, answers to strangers too; without the hashtag, or not for everybody, it does not."""
    tag_following.follow(tx, "Cats")

    post = receive(tx, incoming(bob, 1, hashtags=("cats",)), FETCHED)
    answer = receive(tx, incoming(carol, 2, hashtags=("cats", "x"), in_reply_to=f"{bob.uri}/notes/1"), FETCHED)
    receive(tx, incoming(bob, 3, hashtags=("dogs",)), FETCHED)
    receive(tx, incoming(bob, 4, hashtags=("cats",), to=(), cc=(PUBLIC,)), FETCHED)

    assert isinstance(post, Post)
    assert isinstance(answer, Post)
    assert set(home(tx)) == {post.id, answer.id}
    assert (posts.get(tx, post.id).by_tag, posts.get(tx, answer.id).by_tag) == (True, True)


def test_what_is_there_comes_home_with_the_follow(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """In its place by time; what is borrowed of somebody's past does not, nor do boosts."""
    first, second = tagged(tx, bob, "cats"), tagged(tx, carol, "cats")
    borrowed = tagged(tx, bob, "cats")
    pasts.borrow(tx, bob.id, borrowed.id)
    world.wrap(tx, carol, first)
    mine = tagged(tx, owner, "cats", in_home=True)

    tag_following.follow(tx, "cats")

    assert home(tx) == [mine.id, second.id, first.id]
    assert not posts.get(tx, mine.id).by_tag


def test_of_very_many_the_newest_come(tx: Tx, owner: Account, bob: Account) -> None:
    there = [tagged(tx, bob, "cats").id for _ in range(tag_following.BROUGHT + 3)]

    tag_following.follow(tx, "cats")

    assert home(tx) == there[:2:-1]


def test_unfollowing_takes_what_only_the_hashtag_brought(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    world.befriend(tx, owner, carol)
    bobs, both = tagged(tx, bob, "cats"), tagged(tx, bob, "cats", "dogs")
    carols = tagged(tx, carol, "cats", in_home=True)
    for name in ("cats", "dogs"):
        tag_following.follow(tx, name)
    everything = home(tx)

    tag_following.unfollow(tx, "cats")
    without_cats = home(tx)
    tag_following.unfollow(tx, "dogs")

    assert everything == [carols.id, both.id, bobs.id]
    assert without_cats == [carols.id, both.id]
    assert home(tx) == [carols.id]


def test_people_and_hashtags_bring_the_same(tx: Tx, owner: Account, bob: Account) -> None:
    """Who is followed later makes it theirs, and leaves behind what the hashtag brings."""
    tag_following.follow(tx, "cats")
    cats, dogs = tagged(tx, bob, "cats"), tagged(tx, bob, "dogs")
    for post in (cats, dogs):
        sorting.sort(tx, post)
    alone = home(tx)
    world.befriend(tx, owner, bob)
    sorting.bring_home(tx, bob.id)
    together, of_bob = home(tx), posts.get(tx, cats.id)

    following.unfollow(tx, bob)

    assert (alone, together, home(tx)) == ([cats.id], [dogs.id, cats.id], [cats.id])
    assert (of_bob.by_tag, posts.get(tx, cats.id).by_tag) == (False, True)


def test_an_edit_brings_it_or_takes_it(tx: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    tag_following.follow(tx, "cats")
    post = receive(tx, incoming(bob), FETCHED)
    assert isinstance(post, Post)
    seen = [home(tx)]

    for names in (("cats",), ("dogs",)):
        world.later(tx, hours=1)
        revise(tx, incoming(bob, content=f"<p>{names}</p>", hashtags=names, updated_at=tx.now, published_at=None))
        seen.append(home(tx))

    assert seen == [[], [post.id], []]


def test_the_unwanted_are_not_read_there(tx: Tx, owner: Account, bob: Account, carol: Account) -> None:
    """Neither they, nor what names them."""
    tag_following.follow(tx, "cats")
    for post in (tagged(tx, bob, "cats"), naming := tagged(tx, carol, "cats"), kept := tagged(tx, carol, "cats")):
        sorting.sort(tx, post)
    mentions.put(tx, naming.id, bob.id)
    mutes.put(tx, bob.id, notifications=True, expires_at=None)

    assert home(tx) == [kept.id]


WORDS = st.fixed_dictionaries(
    {
        "author": st.integers(0, 2),
        "visibility": st.sampled_from([each for each in Visibility if each is not Visibility.LOCAL]),
        "names": st.sets(st.sampled_from(("cats", "dogs", "birds"))),
        "answers": st.booleans(),
        "boost": st.booleans(),
    }
)
ACTS = st.tuples(st.sampled_from(("follow", "unfollow", "befriend", "leave")), st.sampled_from(("cats", "dogs")))


@given(said=st.lists(WORDS, max_size=12), acts=st.lists(ACTS, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_rows_and_rule_agree_whatever_is_done(said: list[dict[str, Any]], acts: list[tuple[str, str]]) -> None:
    """What hashtags bring in one statement is what the rule says of each post, whoever is followed meanwhile."""
    tx = world.empty_tx()
    owner = world.acquaint(tx, "alice@home.example", local=True)
    people = [world.acquaint(tx, f"p{number}@far.example") for number in range(3)]
    for words in said:
        fields: dict[str, Any] = {"in_reply_to": "https://x.example/1"} if words["answers"] else {}
        post = tagged(tx, people[words["author"]], *words["names"], visibility=words["visibility"], **fields)
        if words["boost"]:
            mentions.replace_hashtags(tx, world.wrap(tx, people[0], post).id, words["names"])

    for act, name in acts:
        match act:
            case "follow":
                tag_following.follow(tx, name)
            case "unfollow":
                tag_following.unfollow(tx, name)
            case "befriend" if not follows.has(tx, owner.id, people[0].id):
                world.befriend(tx, owner, people[0])
                sorting.bring_home(tx, people[0].id)
            case "leave":
                following.unfollow(tx, people[0])

    for post in posts.several(tx, [number for (number,) in tx.all("SELECT id FROM posts")]).values():
        where = sorting.find_place(tx, post)
        assert (post.in_home, post.by_tag) == (where is not Place.ELSEWHERE, where is Place.BY_TAG), post
