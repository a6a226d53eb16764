"""What is between the owner and others, and the lists of it."""

from datetime import timedelta

import pytest

from smallfed.domain.account import Account
from smallfed.domain.relation import Relationship
from smallfed.store import (
    accounts,
    blocks,
    domain_blocks,
    follows,
    markers,
    mutes,
    notes,
    notifications,
    relations,
    searching,
)
from smallfed.store.notifications import Choice
from smallfed.store.paging import Page
from smallfed.store.relations import Tally
from smallfed.store.tx import Tx
from tests import world
from tests.conftest import Know


def test_everything_between_two(tx: Tx, owner: Account, know: Know) -> None:
    """For many at once; unknown ids are left out."""
    friend, asking, enemy, quiet, far, stranger = [
        know(f"{name}@{name}.example") for name in ("friend", "asking", "enemy", "quiet", "far", "stranger")
    ]
    world.befriend(tx, owner, friend, notify=True, languages=("de",))
    world.befriend(tx, friend, owner)
    world.befriend(tx, owner, asking, accepted=False, reblogs=False)
    world.befriend(tx, asking, owner, accepted=False)
    blocks.put(tx, owner.id, enemy.id, "https://home.example/blocks/1")
    blocks.put(tx, enemy.id, owner.id, "https://enemy.example/blocks/1")
    soon = tx.now + timedelta(hours=1)
    mutes.put(tx, quiet.id, notifications=True, expires_at=soon)
    world.keep_away(tx, "far.example")
    notes.put(tx, quiet.id, "too loud")
    everybody = [friend.id, asking.id, enemy.id, quiet.id, far.id, stranger.id]

    assert relations.relationships(tx, [*everybody, 404]) == {
        friend.id: Relationship(
            account_id=friend.id,
            following=True,
            showing_reblogs=True,
            notifying=True,
            languages=("de",),
            followed_by=True,
        ),
        asking.id: Relationship(account_id=asking.id, requested=True, requested_by=True),
        enemy.id: Relationship(account_id=enemy.id, blocking=True, blocked_by=True),
        quiet.id: Relationship(
            account_id=quiet.id, muting=True, muting_notifications=True, muting_expires_at=soon, note="too loud"
        ),
        far.id: Relationship(account_id=far.id, domain_blocking=True),
        stranger.id: Relationship(account_id=stranger.id),
    }
    world.later(tx, hours=2)
    assert relations.relationship(tx, quiet.id) == Relationship(account_id=quiet.id, note="too loud")


def test_lists_of_people(tx: Tx, owner: Account, know: Know) -> None:
    """Newest relation first, paged by the relation's id."""
    people = [know(f"p{number}@far.example") for number in range(3)]
    theirs = [world.befriend(world.later(tx, seconds=1), person, owner).id for person in people]
    ours = [world.befriend(tx, owner, people[0]).id, world.befriend(tx, owner, people[1], accepted=False).id]
    asking = know("asking@far.example")
    request = world.befriend(tx, asking, owner, accepted=False).id

    assert follows.followers(tx, owner.id, Page()) == list(zip(theirs, people, strict=True))[::-1]
    assert follows.followers(tx, owner.id, Page(max_id=theirs[1])) == [(theirs[0], people[0])]
    assert follows.followers(tx, owner.id, Page(min_id=theirs[0], limit=1)) == [(theirs[1], people[1])]
    assert follows.following(tx, owner.id, Page()) == [(ours[0], people[0])]
    assert follows.requests(tx, owner.id, Page()) == [(request, asking)]
    assert follows.uris(tx, owner.id, followers=True, limit=2) == [people[0].uri, people[1].uri]
    assert follows.uris(tx, owner.id, followers=True, limit=2, offset=2) == [people[2].uri]
    assert [follows.count(tx, owner.id, followers=True, accepted=accepted) for accepted in (True, False)] == [3, 1]


def test_lists_of_distance(tx: Tx, owner: Account, know: Know) -> None:
    """Blocks, mutes and domains."""
    bob = know("bob@far.example")
    blocks.put(tx, owner.id, bob.id, "https://home.example/blocks/1")
    mutes.put(tx, bob.id, notifications=False, expires_at=None)
    world.keep_away(tx, "evil.example")

    assert [account for _, account in blocks.blocked(tx, owner.id, Page())] == [bob]
    assert [(mute.notifications, account) for mute, account in mutes.muted(tx, Page())] == [(False, bob)]
    assert [domain for _, domain in domain_blocks.blocked(tx, Page())] == ["evil.example"]


def test_tallies(tx: Tx, owner: Account, know: Know) -> None:
    """The owner's that are for everybody are counted, others' are what they claim."""
    bob, carol = know("bob@far.example", followers_claimed=5, posts_claimed=9), know("carol@far.example")
    world.befriend(tx, bob, owner)
    world.befriend(tx, owner, carol)
    for author in (owner, bob, carol):
        world.say(tx, author)
        world.say(tx, author, visibility="private")
        world.say(tx, author, visibility="direct")

    assert relations.tallies(tx, [accounts.owner(tx), bob, carol]) == {
        owner.id: Tally(followers=1, following=1, posts=1),
        bob.id: Tally(followers=5, following=0, posts=9),
        carol.id: Tally(followers=0, following=0, posts=0),
    }


@pytest.mark.parametrize(
    ("claims", "asked", "following", "left"),
    [((5, 8), (5, 8), (6, 9), (5, 8)), ((None, None),) * 4, ((0, 0),) * 2 + ((1, 1), (0, 0))],
)
def test_claims_follow_what_happens_here(
    tx: Tx,
    owner: Account,
    know: Know,
    claims: tuple[int | None, int | None],
    asked: tuple[int | None, int | None],
    following: tuple[int | None, int | None],
    left: tuple[int | None, int | None],
) -> None:
    """Until the origin is asked again, its numbers move with the owner's follows, but not with requests."""
    bob = know("bob@far.example", followers_claimed=claims[0], following_claimed=claims[1])

    def said() -> tuple[int | None, int | None]:
        found = accounts.get(tx, bob.id)
        return found.followers_claimed, found.following_claimed

    request = world.befriend(tx, owner, bob, accepted=False)
    assert said() == asked

    follower = world.befriend(tx, bob, owner)
    for _ in range(2):
        follows.accept(tx, request.id)
    assert said() == following

    for follow in (request, follower):
        follows.drop(tx, follow.id)
    assert said() == left


def test_domains_cover_what_is_below_them(tx: Tx, owner: Account, know: Know) -> None:
    """By the handle or by the id, with any port, and never by half a label."""
    world.keep_away(tx, "evil.example")

    hosts = ("evil.example", "a.b.evil.example:8443", "notevil.example", "example", "evil.example.org")
    assert [domain_blocks.covers(tx, host) for host in hosts] == [True, True, False, False, False]
    split = know("x@good.example", uri="https://social.EVIL.example:444/users/x")
    assert domain_blocks.covers_account(tx, split.id)
    assert not domain_blocks.covers_account(tx, know("y@notevil.example").id)


def test_notifications(tx: Tx, owner: Account, know: Know) -> None:
    """By type, without the unwanted, and how many are new."""
    bob, carol, dave = know("bob@far.example"), know("carol@other.example"), know("dave@third.example")
    post = world.say(tx, owner)
    made = []
    for type_, account, about in [
        ("follow", bob, None),
        ("favourite", bob, post.id),
        ("favourite", carol, post.id),
        ("mention", dave, post.id),
    ]:
        notification = notifications.put(world.later(tx, seconds=1), type_, account.id, about)
        assert notification is not None
        made.append(notification)
    follow, favourite, carols, mention = made

    assert notifications.put(tx, "favourite", bob.id, post.id) is None
    assert all(notification.id < 2**53 for notification in made)
    assert notifications.newest(tx, Page()) == made[::-1]
    assert notifications.newest(tx, Page(min_id=follow.id, limit=2)) == [carols, favourite]
    some = Choice(types=("favourite", "poll"))
    assert notifications.newest(tx, Page(), some) == [carols, favourite]
    assert notifications.newest(tx, Page(min_id=follow.id, limit=1), some) == [favourite]
    assert notifications.newest(tx, Page(), Choice(types=())) == []
    assert notifications.newest(tx, Page(), Choice(account=bob.id)) == [favourite, follow]
    assert notifications.newest(tx, Page(), Choice(account=bob.id, types=("follow",))) == [follow]
    mutes.put(tx, bob.id, notifications=True, expires_at=None)
    assert notifications.newest(tx, Page()) == [mention, carols]
    mutes.put(tx, bob.id, notifications=False, expires_at=None)
    assert notifications.newest(tx, Page()) == made[::-1]
    assert notifications.unread(tx) == 4
    markers.put(tx, "notifications", favourite.id)
    assert notifications.unread(tx) == 2
    assert notifications.unread(tx, choice=some) == 1
    assert notifications.unread(tx, limit=1) == 1


def test_filtered_notifications(tx: Tx, owner: Account, know: Know) -> None:
    """Kept, and shown where they are asked for, until they are filtered no longer."""
    bob = know("bob@far.example")
    shown = notifications.put(tx, "favourite", bob.id, world.say(tx, owner).id)
    kept = notifications.put(world.later(tx, seconds=1), "mention", bob.id, world.say(tx, bob).id, filtered=True)
    assert shown is not None
    assert kept is not None

    assert notifications.newest(tx, Page()) == [shown]
    assert notifications.newest(tx, Page(), Choice(types=("mention",))) == []
    assert notifications.newest(tx, Page(), Choice(filtered=True)) == [kept, shown]
    assert notifications.newest(tx, Page(), Choice(filtered=True, types=("mention",))) == [kept]
    assert notifications.newest(tx, Page(), Choice(account=bob.id)) == [kept, shown]
    assert notifications.unfilter(tx, bob.id)
    assert not notifications.unfilter(tx, bob.id)
    assert [one.id for one in notifications.newest(tx, Page())] == [kept.id, shown.id]


def test_searching_people(tx: Tx, owner: Account, know: Know) -> None:
    """By the beginning of handle or name, whatever the case; those followed come first, the unwanted not at all."""
    bob = know("bob@far.example", name="Robert")
    bobby = know("Bobby@other.example", name="B")
    rob = know("rob@far.example", name="Bobinson")
    know("eve@bob.example", name="Eve")
    blocked = know("bobo@blocked.example")
    blocks.put(tx, owner.id, blocked.id, "https://home.example/blocks/1")
    world.befriend(tx, owner, rob)

    def names(text: str, **kwargs: bool) -> list[str]:
        return [account.username for account in searching.search_accounts(tx, text, limit=10, **kwargs)]

    assert names("bob") == names(" @BOB ") == [rob.username, bob.username, bobby.username]
    assert names("bob@f") == names("@bob@far.example") == [bob.username]
    assert names("bob", following=True) == [rob.username]
    assert names("") == names("%") == names("zoe") == []
