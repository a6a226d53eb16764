"""Reactions: the owner's, one at a time; others', several; and what counts as a favourite."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.post import Post, Visibility
from smallfed.domain.reaction import DISLIKE, FAVOURITE, Reaction
from smallfed.domain.refused import Refused
from smallfed.errors import Invalid, NotFound
from smallfed.protocol.limits import REACTIONS
from smallfed.services import liking
from smallfed.store import details, likes
from smallfed.store.likes import Tally
from smallfed.store.paging import Page
from smallfed.store.rows import listed
from smallfed.store.timelines import favourites
from smallfed.store.tx import Tx
from tests import world
from tests.services.conftest import heard, last_body, queued, told

PARTY, NO = Reaction(emoji="🎉"), Reaction(emoji=DISLIKE)
BLOB = Reaction(emoji=":blob@far.example:", picture="https://far.example/blob.png")
FAR = "https://far.example/users/bob/inbox"


@pytest.fixture
def theirs(tx: Tx, bob: Account) -> Post:
    """Return a post of bob's."""
    return world.say(tx, bob)


@pytest.fixture
def ours(tx: Tx, owner: Account) -> Post:
    """Return a post of the owner's."""
    return world.say(tx, owner)


def thinks(tx: Tx, account: Account, post: Post) -> list[str]:
    """Return the emoji with which ``account`` likes ``post``, sorted."""
    return sorted(one.emoji for one in likes.all_of(tx, account.id, post.id))


# Ours -----------------------------------------------------------------------------------------------------------------
def test_a_reaction_is_a_like_with_an_emoji(lively: Tx, owner: Account, bob: Account, theirs: Post) -> None:
    liking.react(lively, theirs, "🎉")

    (like,) = likes.all_of(lively, owner.id, theirs.id)
    assert queued(lively) == [("Like", FAR)]
    assert last_body(lively) == {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {
                "toot": "http://joinmastodon.org/ns#",
                "misskey": "https://misskey-hub.net/ns#",
                "Emoji": "toot:Emoji",
                "_misskey_reaction": "misskey:_misskey_reaction",
            },
        ],
        "id": f"https://home.example/likes/{like.id}",
        "type": "Like",
        "actor": owner.uri,
        "to": [bob.uri],
        "object": theirs.uri,
        "content": "🎉",
        "_misskey_reaction": "🎉",
    }


def test_the_emoji_of_others_can_be_taken_up(lively: Tx, owner: Account, bob: Account, theirs: Post) -> None:
    """Where somebody brought it; the tag says what it looks like, also when it is taken back."""
    liking.receive_like(lively, bob, theirs, None, BLOB)

    liking.react(lively, theirs, "blob@far.example")
    sent = last_body(lively)
    heard(lively)
    liking.unreact(lively, theirs, ":blob@far.example:")
    undo = last_body(lively)

    tag = [
        {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "mediaType": "image/png", "url": BLOB.picture}}
    ]
    assert (sent["content"], sent["_misskey_reaction"], sent["tag"]) == (":blob:", ":blob:", tag)
    assert undo["type"] == "Undo"
    assert undo["@context"] == sent["@context"]
    assert undo["object"] == {name: sent[name] for name in sent if name not in ("@context", "to")}
    assert thinks(lively, owner, theirs) == []


def test_the_owner_thinks_one_thing_at_a_time(lively: Tx, owner: Account, theirs: Post) -> None:
    """What came before is taken back, in that order; a like after a reaction changes nothing."""
    liking.like(lively, theirs)
    heard(lively)
    liking.react(lively, theirs, "🎉")
    liking.react(lively, theirs, "🎉")
    liking.like(lively, theirs)
    heard(lively)
    assert thinks(lively, owner, theirs) == ["🎉"]
    liking.react(lively, theirs, "❤")

    assert thinks(lively, owner, theirs) == ["❤️"]
    rows = lively.all("SELECT type, state FROM deliveries d JOIN bodies b ON b.id = d.body_id ORDER BY d.id")
    assert [type_ for type_, _ in rows] == ["Like", "Undo", "Like", "Undo", "Like"]
    assert [type_ for type_, state in rows if state == "waiting"] == ["Undo", "Undo", "Like"]


@pytest.mark.parametrize("take_back", [liking.unlike, liking.unreact])
def test_taking_back_whatever_it_was(
    tx: Tx, owner: Account, theirs: Post, take_back: Callable[[Tx, Post], Post]
) -> None:
    liking.react(tx, theirs, "🎉")

    take_back(tx, theirs)

    assert thinks(tx, owner, theirs) == []


def test_only_what_is_meant_is_taken_back(tx: Tx, owner: Account, theirs: Post) -> None:
    """Another emoji is not, a plain like is no reaction, and a dislike is no like."""
    liking.react(tx, theirs, "🎉")
    liking.unreact(tx, theirs, "🔥")
    assert thinks(tx, owner, theirs) == ["🎉"]
    liking.unlike(tx, theirs)
    liking.like(tx, theirs)
    liking.unreact(tx, theirs)
    assert thinks(tx, owner, theirs) == [""]
    liking.react(tx, theirs, "👎")
    liking.unlike(tx, theirs)

    assert thinks(tx, owner, theirs) == ["👎"]
    assert favourites(tx, Page()) == []
    assert not details.of_posts(tx, [theirs])[theirs.id].favourited
    liking.like(tx, theirs)
    assert thinks(tx, owner, theirs) == [""]


@pytest.mark.parametrize("text", ["", "two words", "nothing", ":blob@far.example:", "🎉🎉"])
def test_what_is_no_reaction(tx: Tx, theirs: Post, text: str) -> None:
    with pytest.raises(Invalid):
        liking.react(tx, theirs, text)


def test_nobody_reacts_to_what_they_cannot_see(tx: Tx, bob: Account) -> None:
    with pytest.raises(NotFound):
        liking.react(tx, world.say(tx, bob, visibility=Visibility.PRIVATE), "🎉")


# Others' --------------------------------------------------------------------------------------------------------------
def test_others_may_have_several(lively: Tx, owner: Account, bob: Account, carol: Account, ours: Post) -> None:
    """Everybody counts once as a favourite and is told of once."""
    for reaction in (FAVOURITE, PARTY, BLOB, PARTY):
        assert liking.receive_like(lively, bob, ours, None, reaction) is None
        world.later(lively, seconds=1)
    liking.receive_like(lively, carol, ours, None, PARTY)

    detail = details.of_posts(lively, [ours])[ours.id]
    assert (detail.likes, detail.likes_verified, likes.count(lively, ours.id)) == (2, 2, 2)
    assert detail.reactions == (Tally(reaction=PARTY, count=2), Tally(reaction=BLOB, count=1))
    assert [account for _, account in likes.likers(lively, ours.id, Page())] == [carol, bob]
    assert likes.reactors(lively, ours.id, ["🎉", BLOB.emoji], limit=1) == {"🎉": [bob], BLOB.emoji: [bob]}
    assert told(lively) == [("favourite", bob.id, ours.id), ("favourite", carol.id, ours.id)]
    newest = likes.feelings(lively, [(bob.id, ours.id), (owner.id, ours.id)])
    assert newest == {(bob.id, ours.id): BLOB}


def test_a_dislike_is_no_favourite(lively: Tx, bob: Account, ours: Post) -> None:
    """Nobody is told of it, and no list of favourites shows it."""
    liking.receive_like(lively, bob, ours, None, NO)

    detail = details.of_posts(lively, [ours])[ours.id]
    assert (detail.likes, detail.reactions) == (0, (Tally(reaction=NO, count=1),))
    assert likes.likers(lively, ours.id, Page()) == []
    assert told(lively) == []


def test_a_vote_changes_without_an_undo(tx: Tx, bob: Account, ours: Post) -> None:
    """As Lemmy's do; other reactions stay beside a dislike."""
    seen = []
    for reaction in (FAVOURITE, NO, FAVOURITE, PARTY, NO):
        liking.receive_like(tx, bob, ours, None, reaction)
        seen.append(thinks(tx, bob, ours))

    assert seen == [[""], ["👎"], [""], ["", "🎉"], ["🎉", "👎"]]


def test_nobody_reacts_without_end(tx: Tx, bob: Account, ours: Post) -> None:
    emoji = [Reaction(emoji=chr(0x1F600 + number)) for number in range(REACTIONS + 1)]

    refused = [liking.receive_like(tx, bob, ours, None, reaction) for reaction in emoji]

    assert refused == [None] * REACTIONS + [Refused("bob@far.example has reacted to it 10 times already.")]


def test_a_custom_emoji_looks_as_it_was_sent_last(tx: Tx, bob: Account, ours: Post) -> None:
    new = Reaction(emoji=BLOB.emoji, picture="https://far.example/new.png")

    for reaction in (BLOB, new):
        liking.receive_like(tx, bob, ours, None, reaction)

    assert details.of_posts(tx, [ours])[ours.id].reactions == (Tally(reaction=new, count=1),)


@pytest.mark.parametrize(
    ("uri", "emoji", "left"),
    [
        ("/1", "", {"🎉", BLOB.emoji}),
        ("/2", "", {"", BLOB.emoji}),
        ("/2", BLOB.emoji, {"", BLOB.emoji}),
        (None, "🎉", {"", BLOB.emoji}),
        (None, BLOB.emoji, {"", "🎉"}),
        (None, "", {"🎉", BLOB.emoji}),
        (None, "🔥", {"🎉", BLOB.emoji}),
        ("/9", "🎉", {"", BLOB.emoji}),
    ],
)
def test_undoing_by_id_or_by_emoji(
    tx: Tx, bob: Account, ours: Post, uri: str | None, emoji: str, left: set[str]
) -> None:
    """The id outranks the emoji; an emoji that could not be read came as a favourite, and goes as one."""
    for number, reaction in enumerate((FAVOURITE, PARTY, BLOB), 1):
        liking.receive_like(tx, bob, ours, f"{bob.uri}/{number}", reaction)

    assert liking.undo_like(tx, bob, uri=uri and f"{bob.uri}{uri}", object=ours.uri, emoji=emoji)

    assert set(thinks(tx, bob, ours)) == left


def test_undoing_without_an_emoji(tx: Tx, bob: Account, ours: Post) -> None:
    """The only one is meant; of two nobody knows which; a dislike is never meant."""
    liking.receive_like(tx, bob, ours, None, NO)
    assert not liking.undo_like(tx, bob, uri=None, object=ours.uri)
    liking.receive_like(tx, bob, ours, None, PARTY)
    assert liking.undo_like(tx, bob, uri=None, object=ours.uri)
    for reaction in (PARTY, BLOB):
        liking.receive_like(tx, bob, ours, None, reaction)

    assert not liking.undo_like(tx, bob, uri=None, object=ours.uri)
    assert thinks(tx, bob, ours) == sorted(["👎", "🎉", BLOB.emoji])


def test_the_last_favourite_takes_its_notification_along(lively: Tx, bob: Account, ours: Post) -> None:
    for reaction in (PARTY, BLOB):
        liking.receive_like(lively, bob, ours, None, reaction)
    liking.undo_like(lively, bob, uri=None, object=ours.uri, emoji="🎉")
    before = told(lively)

    liking.undo_like(lively, bob, uri=None, object=ours.uri, emoji=BLOB.emoji)

    assert (before, told(lively)) == ([("favourite", bob.id, ours.id)], [])


# Of posts that are not ours -------------------------------------------------------------------------------------------
def test_likes_of_others_posts_are_verified_in_silence(lively: Tx, bob: Account, carol: Account) -> None:
    """The origin's claim is shown, and is never less than what we know."""
    post = world.say(lively, bob, likes_claimed=7)
    humble = world.say(lively, bob, likes_claimed=0)

    for each in (post, humble):
        liking.receive_like(lively, carol, each, None, PARTY)

    found = details.of_posts(lively, [post, humble])
    assert [(one.likes, one.likes_verified) for one in found.values()] == [(7, 1), (1, 1)]
    assert (told(lively), queued(lively)) == ([], [])


@pytest.mark.parametrize("seen_by", [Visibility.PRIVATE, Visibility.DIRECT])
def test_nobody_likes_what_others_keep_among_themselves(
    tx: Tx, bob: Account, carol: Account, seen_by: Visibility
) -> None:
    world.befriend(tx, carol, bob)

    refused = liking.receive_like(tx, carol, world.say(tx, bob, visibility=seen_by), None)

    assert refused == Refused("It is about a post of somebody else that is not public.")


def test_reactions_stay_in_their_order(tx: Tx, bob: Account, carol: Account, ours: Post) -> None:
    """The first reaction stays first, however many give another."""
    liking.receive_like(tx, bob, ours, None, BLOB)
    tx.now += timedelta(seconds=1)
    for account in (bob, carol):
        liking.receive_like(tx, account, ours, None, PARTY)

    assert [(one.reaction, one.count) for one in details.of_posts(tx, [ours])[ours.id].reactions] == [
        (BLOB, 1),
        (PARTY, 2),
    ]


def test_of_very_many_reactions_the_most_frequent_are_shown(lively: Tx, owner: Account, ours: Post) -> None:
    """And the owner's; one server can have as many accounts and custom emoji as it likes."""
    liking.react(lively, ours, "🦆")
    for number in range(likes.SHOWN + 5):
        eve = world.acquaint(lively, f"eve{number}@evil.example")
        odd = Reaction(emoji=f":e{number}@evil.example:", picture="https://evil.example/e.png")
        liking.receive_like(lively, eve, ours, None, odd)
        liking.receive_like(lively, eve, ours, None, Reaction(emoji="🎉"))

    shown = [tally for _, tally in likes.tallies(lively, listed([ours.id]))]

    assert len(shown) == likes.SHOWN
    assert [tally.reaction.emoji for tally in shown if tally.mine] == ["🦆"]
    assert [tally.count for tally in shown if tally.reaction.emoji == "🎉"] == [likes.SHOWN + 5]
