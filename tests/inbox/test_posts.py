"""Create, Update, Delete, Like, Announce and what takes them back."""

from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import (
    AccountGone,
    AccountSeen,
    PostDeleted,
    PostEdited,
    PostLiked,
    PostReceived,
    PostSent,
    PostsHidden,
)
from smallfed.domain.incoming import (
    Announce,
    Create,
    Delete,
    IncomingMention,
    IncomingPost,
    Like,
    Mentioned,
    Undo,
    UpdateAccount,
    UpdatePost,
)
from smallfed.domain.post import Post, Visibility
from smallfed.domain.reaction import Reaction
from smallfed.inbox.outcome import Done, Elsewhere, Ignored, Need
from smallfed.policy.authority import Ask
from smallfed.services import blocking
from smallfed.store import accounts, details, likes, posts
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, EVE, NOTE, PUBLIC, act, arrive, befriend, note, profile
from tests.world import NOW, later

OURS = "https://home.example/users/alice/notes/1"


@pytest.fixture
def bob(owner: Account, know: Know) -> Account:
    """Return somebody the owner knows."""
    return know("bob@far.example")


@pytest.fixture
def friend(tx: Tx, bob: Account) -> Account:
    """Return somebody the owner follows."""
    befriend(tx, bob)
    return bob


def ours(tx: Tx, owner: Account, visibility: Visibility = Visibility.PUBLIC) -> Post:
    post = Post(
        id=1, uri=OURS, account_id=owner.id, local=True, visibility=visibility, published_at=NOW, received_at=NOW
    )
    posts.put(tx, post)
    return post


# Create ---------------------------------------------------------------------------------------------------------------
def test_a_post_by_whom_we_follow_is_kept_once(tx: Tx, friend: Account) -> None:
    assert arrive(tx, act(Create, post=note())) == Done()
    assert arrive(tx, act(Create, 2, post=note(content="again"))) == Done()

    post = posts.find_uri(tx, NOTE)
    assert post is not None
    assert tx.announced == [PostReceived(post=post.id, fresh=True), PostSent(post=post.id)]
    assert (post.content, post.account_id, post.in_home) == ("<p>Hello</p>", friend.id, True)


@pytest.mark.parametrize(
    ("post", "personal", "needed"),
    [
        (note(), False, False),
        (note(), True, True),
        (note(to=(ALICE,)), False, True),
        (note(cc=(ALICE,)), False, True),
        (note(mentions=(IncomingMention(href=ALICE),)), False, True),
        (note(mentions=(IncomingMention(href="https://home.example/@alice"),)), False, True),
        (note(mentions=(IncomingMention(href=CAROL),)), False, False),
        (note(in_reply_to=OURS), False, True),
        (note(in_reply_to=f"{OURS}23"), False, False),
    ],
)
def test_strangers_are_fetched_for_what_could_concern_us(
    tx: Tx, owner: Account, post: IncomingPost, personal: bool, needed: bool
) -> None:
    """A relay's or a spammer's posts cost us nothing."""
    ours(tx, owner)

    outcome = arrive(tx, act(Create, post=post), personal=personal)

    assert outcome == (
        Need(BOB) if needed else Ignored("It has nothing to do with the owner, and its author is unknown.")
    )


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (note(), "It has nothing to do with the owner."),
        (note(to=(CAROL,), cc=()), "It is addressed to others only."),
        (note(vote=True, in_reply_to=OURS), "It is a vote, but in no poll of ours."),
    ],
)
def test_posts_that_are_nothing_to_us(tx: Tx, bob: Account, post: IncomingPost, reason: str) -> None:
    assert arrive(tx, act(Create, post=post)) == Ignored(reason)
    assert tx.announced == []


def test_an_author_cannot_overwrite_somebody_elses_post(tx: Tx, friend: Account, know: Know) -> None:
    """CVE-2024-37903: the id is one we hold, by another author on the same host."""
    carol = know("carol@far.example")
    befriend(tx, carol)
    arrive(tx, act(Create, post=note()))

    for kind in (Create, UpdatePost):
        outcome = arrive(tx, act(kind, actor=CAROL, post=note(author=CAROL, content="forged")))
        assert outcome == Ignored("Only its author may change or delete it.")

    post = posts.find_uri(tx, NOTE)
    assert post is not None
    assert (post.account_id, post.content) == (friend.id, "<p>Hello</p>")


def test_a_deleted_post_does_not_come_back(tx: Tx, friend: Account) -> None:
    assert arrive(tx, act(Delete, object=NOTE)) == Done()

    assert arrive(tx, act(Create, post=note())) == Ignored("It was deleted already.")


def test_a_neighbours_delete_does_not_keep_a_post_away(tx: Tx, friend: Account, know: Know) -> None:
    know("carol@far.example")
    arrive(tx, act(Delete, actor=CAROL, object=NOTE))

    assert arrive(tx, act(Create, post=note())) == Done()


# Named only -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("uri", "update", "outcome"),
    [
        ("https://far.example/notes/2", False, Elsewhere(uri="https://far.example/notes/2")),
        (NOTE, False, Ignored("The post is known already.")),
        (NOTE, True, Elsewhere(uri=NOTE, ask=Ask.VERSION)),
        (OURS, True, Ignored("It is about something of ours.")),
    ],
)
def test_posts_that_are_only_named(tx: Tx, friend: Account, uri: str, update: bool, outcome: object) -> None:
    arrive(tx, act(Create, post=note()))

    assert arrive(tx, act(Mentioned, object=uri, update=update)) == outcome


# Update ---------------------------------------------------------------------------------------------------------------
def test_an_edit_by_the_author(tx: Tx, friend: Account) -> None:
    arrive(tx, act(Create, post=note()))
    tx.announced.clear()
    edit = note(content="<p>Edited</p>", updated_at=NOW + timedelta(minutes=5))

    assert arrive(later(tx, minutes=6), act(UpdatePost, post=edit)) == Done()

    post = posts.find_uri(tx, NOTE)
    assert post is not None
    assert (post.content, post.edited_at) == ("<p>Edited</p>", NOW + timedelta(minutes=5))
    assert [type(event) for event in tx.announced] == [PostEdited]


def test_an_edit_that_comes_before_its_post_stands_for_it(tx: Tx, friend: Account) -> None:
    assert arrive(tx, act(UpdatePost, post=note())) == Done()
    assert posts.find_uri(tx, NOTE) is not None


def test_an_edit_of_an_old_post_that_we_do_not_have(tx: Tx, friend: Account) -> None:
    old = note(published_at=NOW - timedelta(days=2))

    assert arrive(tx, act(UpdatePost, post=old)) == Ignored("It changes a post that we do not have.")


def test_a_profile_is_changed(tx: Tx, bob: Account) -> None:
    assert arrive(tx, act(UpdateAccount, account=profile(bob, name="Robert"))) == Done()

    assert accounts.get(tx, bob.id).name == "Robert"
    assert tx.announced == [AccountSeen(account=bob.id, uri=BOB)]


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, False),
        ({"username": "BOB"}, False),
        ({"username": "robert"}, True),
        ({"claim": "bob@far.example"}, False),
        ({"claim": "bob@apex.example"}, True),
        ({"claim": "eve@evil.example"}, True),
    ],
)
def test_a_new_name_must_be_confirmed(tx: Tx, bob: Account, changes: dict[str, str], asked: bool) -> None:
    outcome = arrive(tx, act(UpdateAccount, account=profile(bob, **changes)))

    assert outcome == (Need(BOB) if asked else Done())
    assert accounts.get(tx, bob.id).handle.lower() == "bob@far.example"


def test_strangers_profiles_do_not_matter(tx: Tx, owner: Account, bob: Account) -> None:
    eve = structs.replace(bob, uri=EVE)

    assert arrive(tx, act(UpdateAccount, actor=EVE, account=profile(eve))) == Ignored("We do not know who has changed.")


# Delete ---------------------------------------------------------------------------------------------------------------
def test_the_author_deletes_a_post(tx: Tx, friend: Account) -> None:
    arrive(tx, act(Create, post=note()))
    tx.announced.clear()

    assert arrive(tx, act(Delete, object=NOTE)) == Done()

    assert posts.find_uri(tx, NOTE) is None
    assert [type(event) for event in tx.announced] == [PostDeleted]


@pytest.mark.parametrize("actor", [CAROL, EVE])
def test_nobody_else_deletes_it(tx: Tx, friend: Account, know: Know, actor: str) -> None:
    know("carol@far.example")
    know("eve@evil.example")
    arrive(tx, act(Create, post=note()))

    assert not isinstance(arrive(tx, act(Delete, actor=actor, object=NOTE)), Done)
    assert posts.find_uri(tx, NOTE) is not None


def test_our_posts_are_not_deleted_from_outside(tx: Tx, owner: Account, bob: Account) -> None:
    ours(tx, owner)

    assert isinstance(arrive(tx, act(Delete, object=OURS)), Ignored)
    assert posts.find_uri(tx, OURS) is not None


def test_an_account_deletes_itself(tx: Tx, friend: Account) -> None:
    arrive(tx, act(Create, post=note()))
    post = posts.find_uri(tx, NOTE)
    tx.announced.clear()

    assert arrive(tx, act(Delete, object=BOB)) == Done()

    assert post is not None
    assert posts.find_uri(tx, NOTE) is None
    assert accounts.get(tx, friend.id).gone_at == tx.now
    assert tx.announced == [PostsHidden(posts=(post.id,)), AccountGone(account=friend.id, uri=BOB)]


@pytest.mark.parametrize("actor", [CAROL, EVE])
def test_an_account_is_not_deleted_by_others(tx: Tx, friend: Account, know: Know, actor: str) -> None:
    """On the same server only something like a post is remembered as gone; the account stays."""
    know("carol@far.example")
    know("eve@evil.example")

    arrive(tx, act(Delete, actor=actor, object=BOB))

    assert accounts.get(tx, friend.id).gone_at is None


# Like -----------------------------------------------------------------------------------------------------------------
def test_a_like_counts_once(tx: Tx, owner: Account, bob: Account) -> None:
    post = ours(tx, owner)

    assert [arrive(tx, act(Like, number, object=OURS)) for number in (1, 2)] == [Done(), Done()]

    like = likes.find(tx, bob.id, post.id)
    assert like is not None
    assert tx.announced == [PostLiked(like=like.id, account=bob.id, post=post.id, local=False)]


def test_a_strangers_like_of_ours_makes_us_ask_who_it_is(tx: Tx, owner: Account) -> None:
    ours(tx, owner)

    assert arrive(tx, act(Like, object=OURS)) == Need(BOB)


@pytest.mark.parametrize("object_", [NOTE, "https://home.example/users/alice/notes/99", ALICE])
def test_likes_of_other_things_are_nothing_to_us(tx: Tx, owner: Account, object_: str) -> None:
    assert arrive(tx, act(Like, object=object_)) == Ignored("It is about a post that we do not have.")


def test_who_we_know_is_counted_for_others_posts(tx: Tx, owner: Account, bob: Account, know: Know) -> None:
    """Likes and boosts of a post that we have; nobody is told, and of strangers nobody is fetched for it."""
    carol = know("carol@far.example")
    post = world.say(tx, carol)

    outcomes = [
        arrive(tx, activity)
        for activity in (
            act(Like, object=post.uri, reaction=Reaction(emoji="🎉")),
            act(Announce, object=post.uri, to=(PUBLIC,)),
            act(Like, actor=EVE, object=post.uri),
            act(Announce, actor=EVE, object=post.uri, to=(PUBLIC,)),
        )
    ]

    assert outcomes == [
        Done(),
        Done(),
        Ignored("A stranger likes a post that is not ours."),
        Ignored("A stranger boosts a post that is not ours."),
    ]
    detail = details.of_posts(tx, [post])[post.id]
    assert (detail.likes_verified, detail.boosts_verified) == (1, 1)
    boost = posts.find_boost(tx, post.id, bob.id)
    assert boost is not None
    assert not boost.in_home


def test_who_is_gone_is_not_asked_about_others_posts(tx: Tx, owner: Account, know: Know) -> None:
    know("bob@far.example", gone_at=NOW)
    post = world.say(tx, know("carol@far.example"))

    liked, boosted = arrive(tx, act(Like, object=post.uri)), arrive(tx, act(Announce, object=post.uri, to=(PUBLIC,)))

    assert [type(liked), type(boosted)] == [Ignored, Ignored]


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.DIRECT])
def test_likes_of_what_one_may_not_see(tx: Tx, owner: Account, bob: Account, visibility: Visibility) -> None:
    post = ours(tx, owner, visibility)

    assert isinstance(arrive(tx, act(Like, object=OURS)), Ignored)
    assert isinstance(arrive(tx, act(Announce, object=OURS, to=(PUBLIC,))), Ignored)
    assert likes.find(tx, bob.id, post.id) is None
    assert posts.find_boost(tx, post.id, bob.id) is None
    assert tx.announced == []


@pytest.mark.parametrize(
    ("undo", "left"),
    [
        (act(Undo, undone=f"{BOB}#Like/1", kind="Like", object=OURS), False),
        (act(Undo, undone=f"{BOB}#Like/1"), False),
        (act(Undo, undone=f"{BOB}#Like/9", kind="Like", object=OURS), False),
        (act(Undo, undone=f"{BOB}#Like/9"), True),
        (act(Undo, actor=EVE, undone=f"{EVE}#Like/1", kind="Like", object=OURS), True),
        (act(Undo, actor=EVE, undone=f"{BOB}#Like/1"), True),
        (act(Undo, undone=f"{BOB}#Dislike/1", kind="Dislike", object=OURS), True),
    ],
)
def test_a_like_is_taken_back_by_its_actor(
    tx: Tx, owner: Account, bob: Account, know: Know, undo: Undo, left: bool
) -> None:
    know("eve@evil.example")
    post = ours(tx, owner)
    arrive(tx, act(Like, object=OURS))

    outcome = arrive(tx, undo)

    assert isinstance(outcome, Ignored if left else Done)
    assert (likes.find(tx, bob.id, post.id) is not None) is left


def test_the_blocked_like_nothing(tx: Tx, owner: Account, bob: Account) -> None:
    ours(tx, owner)
    blocking.block(tx, bob)

    assert isinstance(arrive(tx, act(Like, object=OURS)), Ignored)


# Announce -------------------------------------------------------------------------------------------------------------
def test_a_boost_of_ours_counts_once(tx: Tx, owner: Account, bob: Account) -> None:
    post = ours(tx, owner)

    boosts = [act(Announce, number, object=OURS, to=(PUBLIC,)) for number in (1, 2)]

    assert [arrive(tx, boost) for boost in boosts] == [Done(), Done()]
    assert posts.find_boost(tx, post.id, bob.id) is not None
    assert len(tx.announced) == 1


def test_a_boost_by_whom_we_follow_needs_the_post(tx: Tx, friend: Account) -> None:
    there = "https://evil.example/notes/1"

    assert arrive(tx, act(Announce, object=there, to=(PUBLIC,))) == Need(there)


@pytest.mark.parametrize(("known", "reason"), [(True, "does not follow"), (False, "A stranger boosts")])
def test_boosts_by_others_make_us_fetch_nothing(tx: Tx, owner: Account, know: Know, known: bool, reason: str) -> None:
    if known:
        know("bob@far.example")

    outcome = arrive(tx, act(Announce, object="https://evil.example/notes/1", to=(PUBLIC,)))

    assert isinstance(outcome, Ignored)
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("undo", "left"),
    [
        (act(Undo, undone=f"{BOB}#Announce/1", kind="Announce", object=OURS), False),
        (act(Undo, undone=f"{BOB}#Announce/1"), False),
        (act(Delete, object=f"{BOB}#Announce/1"), False),
        (act(Undo, actor=EVE, undone=f"{BOB}#Announce/1", kind="Announce", object=OURS), True),
        (act(Delete, actor=EVE, object=f"{BOB}#Announce/1"), True),
    ],
)
def test_a_boost_is_taken_back_by_its_actor(
    tx: Tx, owner: Account, bob: Account, know: Know, undo: Undo | Delete, left: bool
) -> None:
    know("eve@evil.example")
    post = ours(tx, owner)
    arrive(tx, act(Announce, object=OURS, to=(PUBLIC,)))

    arrive(tx, undo)

    assert (posts.find_boost(tx, post.id, bob.id) is not None) is left
