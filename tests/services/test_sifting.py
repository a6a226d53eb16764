"""First words of strangers: which are told at once, which wait, and what becomes of waves of them."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.domain.events import NotificationMade, NotificationsMerged
from smallfed.domain.incoming import IncomingMention, IncomingPost
from smallfed.domain.notification import Handling, Policy, Request
from smallfed.domain.post import Post
from smallfed.domain.refused import Refused
from smallfed.domain.rule import Action
from smallfed.domain.wave import Kind, Limits, State
from smallfed.errors import Conflict, NotFound
from smallfed.services import (
    admitting,
    calming,
    liking,
    receiving,
    releasing,
    removing,
    reviewing,
    revising,
    screening,
    sifting,
)
from smallfed.services.receiving import SENT
from smallfed.store import (
    accounts,
    announcements,
    follows,
    judgements,
    mentions,
    notification_requests,
    posts,
    refusals,
    timelines,
    waves,
)
from smallfed.store.paging import Page
from smallfed.store.refusals import Which
from smallfed.store.tx import Tx
from tests import spam, world
from tests.conftest import Know
from tests.first_words import FINDINGS, GREETINGS, REPLIES
from tests.services.conftest import PUBLIC, Incoming
from tests.spam import Shape, Spammers, link, mixed, picture

LONG = "The quick way to a second income: ask me how our robot trades for you while you sleep, nothing to lose."


def heard(tx: Tx) -> list[tuple[str, int]]:
    """Return (type, account) of what the owner is told."""
    return list(tx.all("SELECT type, account_id FROM notifications WHERE NOT filtered ORDER BY id"))


def first_words(tx: Tx, owner: Account, number: int, text: str, answered: Post | None = None) -> IncomingPost:
    """Return what somebody new says, to the owner or in answer to a post of the owner."""
    author = world.acquaint(tx, f"reader{number}@old{number % 80}.example", name=f"Reader {number}")
    return IncomingPost(
        author=author.uri,
        kind="Note",
        uri=f"{author.uri}/notes/{number}",
        mentions=(IncomingMention(href=owner.uri),),
        content=f"<p>{text}</p>",
        in_reply_to=None if answered is None else answered.uri,
        to=(PUBLIC,),
        cc=(owner.uri,),
        published_at=tx.now,
    )


def take(tx: Tx, post: IncomingPost) -> Post | Refused:
    """Let a post come as if by a call of its own."""
    tx.known.clear()
    tx.announced.clear()
    found = receiving.receive(tx, structs.replace(post, published_at=tx.now), SENT)
    assert isinstance(found, Post | Refused)
    return found


# One thing ------------------------------------------------------------------------------------------------------------
SHOP = f"<p>look {link('https://shop.example/')}</p>"
MANY = tuple(f"https://far.example/users/{number}" for number in range(7))


def is_followed(tx: Tx, owner: Account, bob: Account) -> None:
    world.befriend(tx, owner, bob)


def follows_long(tx: Tx, owner: Account, bob: Account) -> None:
    world.befriend(tx, bob, owner, created_at=tx.now - timedelta(days=2))


def follows_just(tx: Tx, owner: Account, bob: Account) -> None:
    world.befriend(tx, bob, owner)


def was_answered(tx: Tx, owner: Account, bob: Account) -> None:
    mentions.put(tx, world.say(tx, owner).id, bob.id)


def is_permitted(tx: Tx, owner: Account, bob: Account) -> None:
    notification_requests.permit(tx, bob.id)


def is_nobody(tx: Tx, owner: Account, bob: Account) -> None:
    pass


def is_known(tx: Tx, owner: Account, bob: Account) -> None:
    world.later(tx, hours=25)


def says_new(tx: Tx, owner: Account, bob: Account) -> None:
    world.later(tx, hours=25)
    tx.run("UPDATE accounts SET published_at = created_at + ? WHERE id = ?", 24 * 3_600_000, bob.id)


@pytest.mark.parametrize(
    ("who", "content", "pictures", "others", "why"),
    [
        (is_nobody, "<p>Hello</p>", 0, (), None),
        (is_nobody, "<p>🎉</p>", 0, (), None),
        (is_nobody, "<p>@alice\u200b </p>", 0, (), "It names you, and says nothing."),
        (is_known, "<p>@alice</p>", 0, (), "It names you, and says nothing."),
        (is_followed, "<p>@alice</p>", 0, (), None),
        (is_nobody, SHOP, 0, (), "It has a link, and its author was never heard of before."),
        (is_nobody, "<p>Hello</p>", 1, (), "It has a picture, and its author was never heard of before."),
        (is_nobody, "<p>Hello</p>", 0, MANY, "A stranger names 8 people at once."),
        (is_nobody, "<p>Hello</p>", 0, MANY[1:], None),
        (is_nobody, f"<p>as you said: {link('https://home.example/@alice/1')}</p>", 0, (), None),
        (is_known, SHOP, 1, (), None),
        (is_known, SHOP, 0, MANY, "A stranger names 8 people at once."),
        (says_new, SHOP, 0, (), "It has a link, and its author was never heard of before."),
        (follows_just, SHOP, 0, (), "It has a link, and its author was never heard of before."),
        (follows_long, SHOP, 1, MANY, None),
        (is_followed, SHOP, 1, MANY, None),
        (was_answered, SHOP, 1, MANY, None),
        (is_permitted, SHOP, 1, MANY, None),
    ],
)
def test_first_words(
    lively: Tx,
    owner: Account,
    bob: Account,
    incoming: Incoming,
    who: Callable[[Tx, Account, Account], None],
    content: str,
    pictures: int,
    others: tuple[str, ...],
    why: str | None,
) -> None:
    """What is doubtful waits, with its reason, out of sight; who has to do with the owner is heard."""
    who(lively, owner, bob)
    named = (IncomingMention(href=owner.uri), *(IncomingMention(href=uri) for uri in others))
    shown = (picture(spam.CAN),) * pictures
    post = incoming(bob, named=(owner,), content=content, attachments=shown, mentions=named)

    stored = take(lively, post)

    assert isinstance(stored, Post)
    assert (heard(lively) == []) is (why is not None)
    assert {one.reason for one in judgements.of(lively, stored.id)} == ({why} if why else set())
    assert [one.id for one in timelines.public(lively, owner.id, Page())].count(stored.id) == (why is None)
    waiting = waves.waiting(lively)
    assert [(wave.items, wave.reason) for wave in waiting] == ([(1, why)] if why else [])
    assert [request.account.id for request in notification_requests.newest(lively, Page())] == [bob.id] * bool(why)


def test_limits_are_the_owners(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    sifting.limit(lively, Limits(mentions=0, new_for_hours=0))
    named = tuple(IncomingMention(href=uri) for uri in (owner.uri, *MANY))

    take(lively, incoming(bob, named=(owner,), content=SHOP, mentions=named))

    assert heard(lively) == [("mention", bob.id)]


def test_what_is_released_notifies(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    """And its author is heard from then on."""
    stored = take(lively, incoming(bob, named=(owner,), content=SHOP))
    assert isinstance(stored, Post)
    (wave,) = waves.waiting(lively)

    released = reviewing.release(lively, wave.id)
    take(lively, incoming(bob, 2, named=(owner,), content=f"<p>{link('https://other.example/')}</p>"))

    assert (released.state, waves.waiting(lively)) == (State.RELEASED, [])
    assert heard(lively) == [("mention", bob.id)] * 2
    assert [one.id for one in timelines.public(lively, owner.id, Page())].count(stored.id) == 1
    with pytest.raises(Conflict, match="released already"):
        reviewing.bin_(lively, wave.id)


def test_apps_decide_by_person(lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming) -> None:
    """Who is accepted, or dismissed, among the filtered notifications waits in the box no more."""
    mine = take(lively, incoming(bob, named=(owner,), content=SHOP))
    take(lively, incoming(carol, named=(owner,), content="<p>x</p>", attachments=(picture(spam.CAN),)))
    requests = {one.account.id: one for one in notification_requests.newest(lively, Page())}

    screening.accept(lively, [requests[bob.id]])
    screening.dismiss(lively, [requests[carol.id]])

    assert heard(lively) == [("mention", bob.id)]
    assert waves.waiting(lively) == []
    assert isinstance(mine, Post)
    assert judgements.of(lively, mine.id) == []


def test_a_policy_says_nothing_against_what_is_said(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """What the owner's policy alone keeps back waits, but stands in public; nobody is suspected for it."""
    screening.change(lively, Policy(not_following=Handling.FILTER))

    first = take(lively, incoming(bob, named=(owner,), content="<p>Good morning</p>"))
    second = take(lively, incoming(bob, 2, named=(owner,), content="<p>Is the ferry running tomorrow?</p>"))

    assert isinstance(first, Post)
    assert isinstance(second, Post)
    assert heard(lively) == []
    assert {wave.reason for wave in waves.waiting(lively)} == {"Your policy for notifications keeps strangers back."}
    assert {one.id for one in timelines.public(lively, owner.id, Page())} == {first.id, second.id}


def test_an_edit_does_not_bring_it_into_view(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    post = incoming(bob, named=(owner,), content=SHOP)
    stored = take(lively, post)
    assert isinstance(stored, Post)

    revising.revise(
        lively, structs.replace(post, content="<p>Harmless</p>", updated_at=world.later(lively, hours=1).now)
    )

    assert timelines.public(lively, owner.id, Page()) == []
    assert judgements.says(lively, stored.id, Action.HIDE)


# Waves ----------------------------------------------------------------------------------------------------------------
def wave_of(tx: Tx, owner: Account, know: Know, incoming: Incoming, many: int, start: int = 0) -> list[IncomingPost]:
    found = []
    for number in range(start, start + many):
        author = know(f"trader{number}@old{number}.example")
        post = incoming(author, named=(owner,), content=f"<p>{LONG} {number * 7919}</p>")
        take(tx, post)
        found.append(post)
    return found


def test_a_wave_is_taken_back(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """The first two were told; with the third all wait, and one line says so, which is seldom written anew."""
    wave_of(lively, owner, know, incoming, 2)
    before = heard(lively)

    wave_of(lively, owner, know, incoming, 3, start=2)

    assert len(before) == 2
    assert heard(lively) == []
    (wave,) = waves.waiting(lively)
    assert (wave.kind, wave.state, wave.items, wave.accounts, wave.hosts, wave.held) == (
        Kind.ALIKE,
        State.OPEN,
        5,
        5,
        5,
        5,
    )
    (line,) = announcements.shown(lively, dismissed=False)
    assert line.text == (
        "A wave of 3 posts from 3 servers waits for you in the [review box](https://home.example/review),"
        " and nobody was told of it."
    )
    assert reviewing.show(lively, wave, limit=1)[0].reason == "It is like 2 other things that strangers sent."
    assert notification_requests.pending(lively) == (5, 5)
    assert timelines.public(lively, owner.id, Page()) == []


def test_a_wave_is_binned_undone_and_gone(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """What is like it is kept out with a line in the ledger, until the owner undoes it; after three days it is gone."""
    tx = lively
    sent = wave_of(tx, owner, know, incoming, 4)
    (wave,) = waves.waiting(tx)

    reviewing.bin_(tx, wave.id)
    more = incoming(know("late@old9.example"), named=(owner,), content=f"<p>Psst: {LONG}</p>")
    refused = take(tx, more)

    assert isinstance(refused, Refused)
    assert "a wave that you have binned" in refused.reason
    assert [(one.object, one.rule) for one in refusals.newest(tx, Which(), limit=9)] == [
        (more.uri, f"strangers: alike {wave.id}")
    ]
    assert (waves.waiting(tx), notification_requests.pending(tx), announcements.shown(tx, dismissed=True)) == (
        [],
        (0, 0),
        [],
    )
    releasing.release(tx, refusals.newest(tx, Which(), limit=1)[0].id)
    assert isinstance(take(tx, more), Post)
    assert len(heard(tx)) == 1
    more = structs.replace(more, uri=f"{more.uri}0")
    reviewing.undo(tx, wave.id)
    assert [one.held for one in waves.waiting(tx)] == [4]
    assert notification_requests.pending(tx) == (4, 4)
    reviewing.bin_(tx, wave.id)
    assert reviewing.finish(tx) == 0
    world.later(tx, days=3, minutes=1)
    assert reviewing.finish(tx) == 4
    assert [posts.find_uri(tx, post.uri) for post in sent] == [None] * 4
    with pytest.raises(Conflict, match="more than 3 days ago"):
        reviewing.undo(tx, wave.id)
    assert isinstance(take(tx, more), Refused)
    world.later(tx, days=30)
    reviewing.forget(tx)
    assert waves.find(tx, wave.id) is None
    assert isinstance(take(tx, more), Post)


def test_what_the_owner_has_kept_outlives_the_bin(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    first, *_ = wave_of(lively, owner, know, incoming, 4)
    liked = posts.find_uri(lively, first.uri)
    assert liked is not None
    liking.like(lively, liked)
    (wave,) = waves.waiting(lively)
    reviewing.bin_(lively, wave.id)
    world.later(lively, days=4)

    assert (reviewing.finish(lively), reviewing.finish(lively)) == (3, 0)

    assert posts.find_uri(lively, first.uri) is not None


def test_a_wave_is_released(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """All of it notifies, and so does what comes that is like it."""
    wave_of(lively, owner, know, incoming, 4)
    (wave,) = waves.waiting(lively)

    reviewing.release(lively, wave.id)
    wave_of(lively, owner, know, incoming, 3, start=4)

    assert len(heard(lively)) == 7
    assert len(timelines.public(lively, owner.id, Page())) == 7
    assert (announcements.shown(lively, dismissed=True), notification_requests.pending(lively)) == ([], (0, 0))


@pytest.mark.parametrize(("decide", "told"), [(screening.accept, 4), (screening.dismiss, 0)])
def test_apps_decide_about_everybody_in_a_wave(
    lively: Tx,
    owner: Account,
    know: Know,
    incoming: Incoming,
    decide: Callable[[Tx, list[Request]], None],
    told: int,
) -> None:
    """Nothing of it waits, and nothing is said of it any more; what comes that is like it waits again."""
    wave_of(lively, owner, know, incoming, 4)
    said = announcements.shown(lively, dismissed=True)

    decide(lively, notification_requests.newest(lively, Page()))

    assert (len(said), announcements.shown(lively, dismissed=True), waves.waiting(lively)) == (1, [], [])
    assert len(heard(lively)) == told
    wave_of(lively, owner, know, incoming, 1, start=7)
    assert [wave.held for wave in waves.waiting(lively)] == [1]
    assert len(heard(lively)) == told


def test_what_was_learned_is_forgotten(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """What is like a binned wave is let in again and judged by itself; what was in it stays away."""
    wave_of(lively, owner, know, incoming, 4)
    (wave,) = waves.waiting(lively)
    with pytest.raises(Conflict, match="is not decided"):
        reviewing.unlearn(lively, wave.id)
    reviewing.bin_(lively, wave.id)

    reviewing.unlearn(lively, wave.id)
    wave_of(lively, owner, know, incoming, 1, start=7)

    assert [type_ for type_, _ in heard(lively)] == ["mention"]
    assert waves.waiting(lively) == []


def test_what_is_released_is_streamed_in_order(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """Apps hear that there is more, and the last of it one by one; the list has all of it where it came."""
    wave_of(lively, owner, know, incoming, 8)
    (wave,) = waves.waiting(lively)
    lively.announced.clear()

    reviewing.release(lively, wave.id)

    every = [number for (number,) in lively.all("SELECT id FROM notifications WHERE NOT filtered ORDER BY id")]
    said = [event.notification for event in lively.announced if isinstance(event, NotificationMade)]
    assert (len(every), said) == (8, every[-5:])
    assert sum(isinstance(event, NotificationsMerged) for event in lively.announced) == 8


def test_what_is_deleted_waits_no_more(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    for post in wave_of(lively, owner, know, incoming, 4):
        removing.remove(lively, post.uri, post.author)

    assert waves.waiting(lively) == []


def test_whom_the_owner_follows_is_in_no_wave(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    wave_of(lively, owner, know, incoming, 4)
    (wave,) = waves.waiting(lively)
    reviewing.bin_(lively, wave.id)
    friend = know("friend@far.example")
    world.befriend(lively, owner, friend)

    take(lively, incoming(friend, named=(owner,), content=f"<p>Look what I was sent: {LONG}</p>"))

    assert heard(lively) == [("mention", friend.id)]


def test_nothing_waits_that_is_not_there(lively: Tx, owner: Account) -> None:
    for do in (reviewing.release, reviewing.bin_, reviewing.undo):
        with pytest.raises(NotFound, match="smallfed review"):
            do(lively, 7)


# How much -------------------------------------------------------------------------------------------------------------
def test_many_follows_are_asked_about_as_one(lively: Tx, owner: Account, know: Know) -> None:
    """Above twenty within an hour they have to ask, and are one line; binned, they are nobody's; undone, they ask."""
    tx = lively
    people = [know(f"f{number}@old{number % 9}.example") for number in range(60)]
    for one in people:
        admitting.receive_follow(tx, one, f"{one.uri}#follow")

    assert [type_ for type_, _ in heard(tx)] == ["follow"] * 20
    (wave,) = waves.waiting(tx)
    assert (wave.kind, wave.items, wave.hosts) == (Kind.FOLLOWS, 40, 9)
    assert follows.count(tx, owner.id, followers=True, accepted=False) == 40
    assert "requests to follow you" in announcements.shown(tx, dismissed=False)[0].text
    reviewing.bin_(tx, wave.id)
    assert follows.count(tx, owner.id, followers=True, accepted=False) == 0
    reviewing.undo(tx, wave.id)
    assert follows.count(tx, owner.id, followers=True, accepted=False) == 40
    reviewing.release(tx, wave.id)
    assert sorted(type_ for type_, _ in heard(tx)) == ["follow"] * 20 + ["follow_request"] * 40
    world.later(tx, hours=3)
    late = know("late@far.example")
    admitting.receive_follow(tx, late, f"{late.uri}#follow")
    assert follows.has(tx, late.id, owner.id)


def test_one_server_is_heard_so_much(lively: Tx, owner: Account, know: Know) -> None:
    """Likes count, too; the rest is one line. Other servers are heard meanwhile."""
    mine = [world.say(lively, owner) for _ in range(7)]
    fans = [know(f"fan{number}@loud.example") for number in range(10)]
    other = know("fan@quiet.example")
    for post in mine:
        for fan in (*fans, other):
            liking.receive_like(lively, fan, post, f"{fan.uri}/likes/{post.id}")

    loud = [account for _, account in heard(lively) if account != other.id]
    assert (len(loud), len(heard(lively)) - len(loud)) == (60, 7)
    (wave,) = waves.waiting(lively)
    assert (wave.kind, wave.items, wave.sample) == (Kind.HOST, 10, "loud.example")
    reviewing.release(lively, wave.id)
    assert len(heard(lively)) == 77


def newcomer(tx: Tx, know: Know, number: int) -> Account:
    """Return somebody who began yesterday, as their server says."""
    return know(f"new{number}@old{number}.example", published_at=tx.now - timedelta(days=1))


def test_new_accounts_are_heard_so_much(lively: Tx, owner: Account, bob: Account, know: Know) -> None:
    """With the sixth within the hour all of them wait, also whom the owner was told of; who is older is heard."""
    tx, mine = lively, world.say(lively, owner)
    many = [newcomer(tx, know, number) for number in range(7)]
    for one in many[:5]:
        liking.receive_like(tx, one, mine, f"{one.uri}/likes/1")
    before = heard(tx)
    liking.receive_like(tx, many[5], mine, f"{many[5].uri}/likes/1")
    world.later(tx, hours=5)
    admitting.receive_follow(tx, many[6], f"{many[6].uri}#follow")
    liking.receive_like(tx, bob, mine, f"{bob.uri}/likes/1")

    assert (len(before), heard(tx)) == (5, [("favourite", bob.id)])
    assert not follows.has(tx, many[6].id, owner.id)
    (wave,) = waves.waiting(tx)
    assert (wave.kind, wave.held) == (Kind.NEW, 7)
    reviewing.release(tx, wave.id)
    assert len(heard(tx)) == 8


def test_one_new_account_is_not_many(lively: Tx, owner: Account, know: Know) -> None:
    """However much it likes."""
    one = newcomer(lively, know, 1)
    for number in range(12):
        post = world.say(lively, owner)
        liking.receive_like(lively, one, post, f"{one.uri}/likes/{number}")

    assert len(heard(lively)) == 12
    assert waves.waiting(lively) == []


def test_a_server_for_each(lively: Tx, owner: Account, know: Know) -> None:
    """Many servers below one name within an hour are one sender, who is taken back whole; two beside it are not."""
    tx, mine = lively, world.say(lively, owner)
    for number in range(25):
        one = know(f"a@w{number}.wild.example")
        liking.receive_like(tx, one, mine, f"{one.uri}/likes/1")
    for name in ("good.example", "a.good.example"):
        one = know(f"a@{name}")
        liking.receive_like(tx, one, mine, f"{one.uri}/likes/1")

    (wave,) = waves.waiting(tx)
    assert (len(heard(tx)), wave.kind, wave.sample, wave.held) == (2, Kind.HOST, "wild.example", 25)


def test_what_waits_takes_along_what_its_author_does(
    lively: Tx, owner: Account, bob: Account, incoming: Incoming
) -> None:
    """It is one thing to decide about, however much they send meanwhile."""
    mine = world.say(lively, owner)
    take(lively, incoming(bob, 1, named=(owner,), content=SHOP))
    take(lively, incoming(bob, 2, named=(owner,), in_reply_to=mine.uri))
    liking.receive_like(lively, bob, mine, f"{bob.uri}/likes/1")

    (wave,) = waves.waiting(lively)
    assert (heard(lively), wave.held, wave.accounts) == ([], 3, 1)
    world.later(lively, days=9)
    reviewing.forget(lively)
    assert waves.waiting(lively) == [wave]  # it waits for as long as the owner likes


def test_after_a_bin(lively: Tx, owner: Account, know: Know, incoming: Incoming) -> None:
    """Who was in it is told of no more, whatever they say; it waits together."""
    sent = wave_of(lively, owner, know, incoming, 4)
    (wave,) = waves.waiting(lively)
    reviewing.bin_(lively, wave.id)
    for post in sent:
        author = accounts.find_uri(lively, post.author)
        assert author is not None
        take(lively, incoming(author, 77, named=(owner,), content=f"<p>Sorry, {author.username}</p>"))

    (more,) = waves.waiting(lively)
    assert (heard(lively), more.state, more.held) == ([], State.OPEN, 4)


def test_who_asks_twice_is_let_in_no_sooner(lively: Tx, owner: Account, know: Know) -> None:
    people = [know(f"f{number}@old{number % 9}.example") for number in range(21)]
    for one in (*people, people[20]):
        admitting.receive_follow(lively, one, f"{one.uri}#follow")

    assert [follows.has(lively, one.id, owner.id) for one in people] == [True] * 20 + [False]


def test_many_hashtags(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    names = tuple(f"tag{number}" for number in range(12))

    take(lively, incoming(bob, 1, named=(owner,), hashtags=names))

    assert [one.reason for one in waves.waiting(lively)] == ["A stranger uses 12 hashtags at once."]


# Calm -----------------------------------------------------------------------------------------------------------------
def test_calm_in_a_thread(lively: Tx, owner: Account, bob: Account, carol: Account, incoming: Incoming) -> None:
    """Only who follows already is heard there; elsewhere all are. What was held is released as one."""
    tx = lively
    mine, other = world.say(tx, owner), world.say(tx, owner)
    world.befriend(tx, carol, owner, created_at=tx.now - timedelta(minutes=1))
    made = calming.calm(tx, mine.uri)
    answers = incoming(bob, 1, named=(owner,), in_reply_to=mine.uri)
    take(tx, answers)
    world.befriend(tx, bob, owner)
    deeper = structs.replace(incoming(bob, 2, named=(owner,)), in_reply_to=answers.uri)
    take(tx, deeper)
    take(tx, incoming(bob, 3, named=(owner,), in_reply_to=other.uri))
    take(tx, incoming(carol, 1, named=(owner,), in_reply_to=mine.uri))

    assert made.until == tx.now + timedelta(days=1)
    assert heard(tx) == [("mention", bob.id), ("mention", carol.id)]
    (wave,) = waves.waiting(tx)
    assert (wave.kind, wave.items, wave.sample) == (Kind.CALM, 2, mine.uri)
    assert announcements.shown(tx, dismissed=True) == []
    calming.finish(tx, mine.id)
    take(tx, incoming(bob, 4, named=(owner,), in_reply_to=mine.uri))
    assert len(heard(tx)) == 3
    reviewing.release(tx, wave.id)
    assert len(heard(tx)) == 5


def test_calm_everywhere_for_a_day(lively: Tx, owner: Account, bob: Account, incoming: Incoming) -> None:
    mine = world.say(lively, owner)
    calming.calm(lively)
    liking.receive_like(lively, bob, mine, f"{bob.uri}/likes/1")
    take(lively, incoming(bob, 1, named=(owner,)))
    world.later(lively, hours=23)
    take(lively, incoming(bob, 2, named=(owner,)))
    held = [one.items for one in waves.waiting(lively)]
    world.later(lively, hours=2)

    take(lively, incoming(bob, 3, named=(owner,)))

    assert held == [3]
    assert heard(lively) == [("mention", bob.id)]
    reviewing.forget(lively)
    with pytest.raises(NotFound, match="smallfed calm"):
        calming.finish(lively, None)


def test_calm_is_suggested(lively: Tx, owner: Account) -> None:
    """Once, where more strangers than thirty have something to say in a thread within an hour."""
    mine = world.say(lively, owner)
    for number in range(35):
        take(lively, first_words(lively, owner, number, f"Well, {number}", mine))

    (line,) = announcements.shown(lively, dismissed=False)
    assert line.text.startswith("More than 30 strangers an hour have something to say in [a thread of yours](")
    assert [post.id for post in calming.suggested(lively)] == [mine.id]
    assert len(heard(lively)) == 35
    calming.begin(lively, mine.id)
    assert announcements.shown(lively, dismissed=True) == []


# The proof ------------------------------------------------------------------------------------------------------------
def told_of(tx: Tx) -> set[str]:
    rows = tx.all("SELECT p.uri FROM notifications n JOIN posts p ON p.id = n.post_id WHERE NOT n.filtered")
    return {uri for (uri,) in rows}


@pytest.mark.parametrize(
    ("seed", "many", "over", "shapes"),
    [
        (1, 3_000, timedelta(hours=3), spam.SHAPES),
        (2, 1_000, timedelta(minutes=30), spam.SHAPES),
        (3, 700, timedelta(hours=24), spam.SHAPES),
        *((seed, 300, timedelta(hours=3), (shape,)) for seed, shape in enumerate(spam.SHAPES, start=4)),
    ],
)
def test_a_wave_of_spam(
    lively: Tx, owner: Account, seed: int, many: int, over: timedelta, shapes: tuple[Shape, ...]
) -> None:
    """From 300 accounts on 80 hosts, with 20 genuine replies of strangers in it, some on the same hosts."""
    tx = lively
    they = Spammers(tx, random.Random(seed), accounts=300, hosts=80)
    mine = world.say(tx, owner)
    genuine = [first_words(tx, owner, number, text, mine) for number, text in enumerate(REPLIES[:20])]
    at_once, ever = 0, set[str]()
    tx.sql.execute("BEGIN")  # one transaction is much faster than one for each statement

    for step in mixed(they, owner, shapes, genuine, many=many, over=over):
        tx.now = step.at
        stored = take(tx, step.post)
        assert isinstance(stored, Post)
        if step.post.uri in {uri for (uri,) in tx.all(_TOLD, stored.id)}:
            at_once += step.genuine
            ever |= set() if step.genuine else {step.post.uri}

    spammed = told_of(tx) - {post.uri for post in genuine}
    assert len(spammed) < 5
    assert at_once >= 18
    assert len(ever) < 5 * len(shapes)  # what was told before it was a wave, and taken back
    assert tx.one("SELECT count(*) FROM notifications")[0] == many + 20
    for wave in waves.waiting(tx, limit=100_000):
        reviewing.release(tx, wave.id)
    assert len(told_of(tx)) == many + 20
    assert len(announcements.shown(tx, dismissed=True)) <= 1


_TOLD = "SELECT p.uri FROM notifications n JOIN posts p ON p.id = n.post_id WHERE NOT n.filtered AND n.post_id = ?"


def test_honest_first_words_are_heard(lively: Tx, owner: Account) -> None:
    """A hundred of them within five hours, in ten languages: only what has a link waits."""
    tx = lively
    mine = world.say(tx, owner)
    said = [
        *(first_words(tx, owner, number, text, mine) for number, text in enumerate(REPLIES)),
        *(first_words(tx, owner, number, text) for number, text in enumerate(GREETINGS, start=100)),
        *(
            first_words(tx, owner, number, f"{text} {link(url)}", mine)
            for number, (text, url) in enumerate(FINDINGS, start=200)
        ),
    ]
    random.Random(5).shuffle(said)

    for post in said:
        world.later(tx, minutes=3)
        take(tx, post)

    unheard = {post.uri for post in said} - told_of(tx)
    assert len(said) == 100
    assert unheard == {post.uri for post in said if "<a " in post.content}
    assert all(wave.state is State.WATCHED for wave in waves.waiting(tx))
