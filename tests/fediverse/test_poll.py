"""Polls between houses: made, voted in, told how they stand, ended, also over a restart."""

import json
from typing import Any

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, House
from tests.fediverse.places import shown


async def ask(house: House, text: str = "Which?", *, multiple: bool = False, hidden: bool = False, **more: Any) -> JSON:
    poll = {"options": ["tea", "coffee & cake", "water"], "expires_in": 3600}
    return await house.say(text, poll=poll | {"multiple": multiple, "hide_totals": hidden}, **more)


async def poll_of(house: House, post: JSON) -> JSON:
    """Return how a poll of another house looks here, without asking its origin."""
    known = await house.get(f"/api/v1/statuses/{post['id']}")
    return dict(known["poll"])


async def vote(house: House, post: JSON, *choices: int) -> tuple[int, Any]:
    return await house.ask("POST", f"/api/v1/polls/{post['id']}/votes", choices=choices)


def votes(poll: JSON) -> list[int | None]:
    return [option["votes_count"] for option in poll["options"]]


def sent(fediverse: Fediverse, asker: House, host: str, kind: str) -> list[JSON]:
    """Return the activities of a type that a house has sent to a host."""
    bodies = [json.loads(each.body) for each in fediverse.wire.posts(host, asker=asker.name)]
    return [body for body in bodies if body["type"] == kind]


@pytest.fixture
async def friends(autojump_clock: MockClock, fediverse: Fediverse) -> tuple[House, House, House]:
    """Return Alice, and Bob and Carol who follow her."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for each in (bob, carol):
        await each.follow(alice)
    await fediverse.wait(minutes=1)
    return alice, bob, carol


async def test_a_poll_from_its_beginning_to_its_end(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, carol = friends
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    there, theirs = await bob.here(post), await carol.here(post)

    status, voted = await vote(bob, there, 1)
    await vote(carol, theirs, 0)
    await fediverse.wait(minutes=2)
    counted, not_yet = await poll_of(alice, post), await poll_of(carol, theirs)
    await fediverse.wait(minutes=2)
    told = await poll_of(carol, theirs)
    await fediverse.wait(hours=1)
    ended = [await poll_of(house, known) for house, known in ((alice, post), (bob, there), (carol, theirs))]

    assert (status, voted["voted"], voted["own_votes"], votes(voted)) == (200, True, [1], [0, 1, 0])
    assert (votes(counted), counted["voted"], counted["own_votes"], counted["expired"]) == ([1, 1, 0], True, [], False)
    assert votes(not_yet) == [1, 0, 0]  # what Carol knows by herself
    assert (votes(told), told["votes_count"], told["voters_count"]) == ([1, 1, 0], 2, None)
    assert [(votes(poll), poll["expired"]) for poll in ended] == [([1, 1, 0], True)] * 3
    assert [await house.notified("poll") for house in friends] == [
        [("Which?", "alice")],
        [("Which?", "alice@a.example")],
        [("Which?", "alice@a.example")],
    ]
    assert [post for post in await alice.home() if post["account"]["acct"] != "alice"] == []  # votes are no posts
    assert [each["edited_at"] for each in (await bob.here(post), await alice.here(post))] == [None, None]


async def test_what_goes_over_the_wire(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    """A vote names its option for its author's eyes only; tallies come at most every three minutes, at last closed."""
    alice, bob, carol = friends
    post = await ask(alice, multiple=True)
    await fediverse.wait(minutes=1)

    await vote(bob, await bob.here(post), 0, 1)
    await fediverse.wait(minutes=1)
    await vote(carol, await carol.here(post), 1)
    await fediverse.wait(hours=2)
    first, second = sent(fediverse, bob, "a.example", "Create")
    ballots = [each for each in fediverse.wire.posts("a.example", asker="b.example") if b'"Create"' in each.body]
    updates = sent(fediverse, alice, "b.example", "Update")

    assert first["object"] == {
        "id": first["object"]["id"],
        "type": "Note",
        "attributedTo": bob.actor,
        "to": [alice.actor],
        "inReplyTo": post["uri"],
        "name": "tea",
        "published": first["published"],
    }
    assert (first["to"], first.get("cc"), second["object"]["name"]) == ([alice.actor], None, "coffee & cake")
    assert [each.path for each in ballots] == ["/users/alice/inbox"] * 2
    tallied, closed = (update["object"] for update in updates)
    assert [option["replies"]["totalItems"] for option in tallied["anyOf"]] == [1, 2, 0]
    assert (tallied["type"], tallied["votersCount"], "closed" in tallied, "updated" in tallied) == (
        "Question",
        2,
        False,
        False,
    )
    assert closed["closed"] == closed["endTime"] == tallied["endTime"]
    assert "updated" not in closed


@pytest.mark.parametrize("killed", [False, True])
async def test_nothing_is_forgotten_over_a_restart(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House], killed: bool
) -> None:
    alice, bob, carol = friends
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    there = await bob.here(post)
    await vote(bob, there, 2)
    await fediverse.wait(minutes=1)

    await (alice.kill() if killed else alice.end())
    await fediverse.wait(hours=2)
    await alice.begin()
    await bob.end()
    await bob.begin()
    await fediverse.wait(hours=1)

    assert votes(await poll_of(carol, await carol.here(post))) == [0, 0, 1]
    assert await alice.notified("poll") == [("Which?", "alice")]
    assert await bob.notified("poll") == [("Which?", "alice@a.example")]
    assert await carol.notified("poll") == []  # she did not vote


async def test_votes_that_do_not_count(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    """Twice, for nothing, in one's own poll, too late: refused in words where they are cast."""
    alice, bob, _ = friends
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    there = await bob.here(post)

    answers = [
        await vote(bob, there, 7),
        await vote(bob, there, 0, 1),
        await vote(bob, there),
        await vote(bob, there, 0),
        await vote(bob, there, 1),
        await vote(alice, post, 0),
    ]
    await fediverse.wait(hours=2)
    answers.append(await vote(bob, there, 1))

    assert [(status, answer.get("error")) for status, answer in answers] == [
        (422, "Validation failed: The chosen vote option does not exist"),
        (422, "Validation failed: You have already voted on this poll"),
        (422, "choices should name at least one option"),
        (200, None),
        (422, "Validation failed: You have already voted on this poll"),
        (422, "Validation failed: You cannot vote in your own polls"),
        (422, "Validation failed: The poll has already ended"),
    ]
    assert votes(await poll_of(alice, post)) == [1, 0, 0]


async def test_a_vote_that_arrives_late_is_late(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, _ = friends
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    there = await bob.here(post)

    fediverse.wire.trouble["a.example"] = "broken"
    await vote(bob, there, 0)
    await fediverse.wait(hours=2)
    fediverse.wire.trouble.clear()
    await fediverse.wait(hours=6)

    assert votes(await poll_of(alice, post)) == [0, 0, 0]
    assert sent(fediverse, bob, "a.example", "Create")  # it did arrive


async def test_an_old_poll_that_is_looked_at_is_asked_for(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    """Dora follows nobody: she hears no tallies, and sees how it stands all the same. Her server asks once a minute."""
    alice, bob, _ = friends
    dora = await fediverse.house("dora@d.example")
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    found = await dora.get("/api/v2/search", q=post["uri"], resolve="true")
    (known,) = found["statuses"]
    await vote(bob, await bob.here(post), 1)
    await fediverse.wait(minutes=10)

    before = len(fediverse.wire.asked)
    looked = [await dora.get(f"/api/v1/polls/{known['id']}") for _ in range(3)]

    assert votes(known["poll"]) == [0, 0, 0]
    assert [votes(poll) for poll in looked] == [[0, 1, 0]] * 3
    assert len([each for each in fediverse.wire.asked[before:] if each.asker == "d.example"]) == 1


async def test_an_origin_that_does_not_answer_is_not_waited_for(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, _ = friends
    post = await ask(alice)
    await fediverse.wait(minutes=10)
    there = await bob.here(post)
    fediverse.wire.trouble["a.example"] = "silent"
    began = autojump_clock.current_time()

    poll = await bob.get(f"/api/v1/polls/{there['id']}")

    assert votes(poll) == [0, 0, 0]
    assert autojump_clock.current_time() - began < 6


async def test_hidden_totals_are_told_at_the_end(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, _ = friends
    post = await ask(alice, hidden=True)
    await fediverse.wait(minutes=1)
    there = await bob.here(post)
    await vote(bob, there, 0)
    await fediverse.wait(minutes=30)
    meanwhile, updates = await poll_of(alice, post), sent(fediverse, alice, "b.example", "Update")
    await fediverse.wait(hours=1)

    assert (votes(meanwhile), updates) == ([None, None, None], [])
    assert votes(await poll_of(alice, post)) == votes(await poll_of(bob, there)) == [1, 0, 0]


async def test_other_options_make_votes_worthless(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, _ = friends
    post = await ask(alice)
    await fediverse.wait(minutes=1)
    there = await bob.here(post)
    await vote(bob, there, 0)
    await fediverse.wait(minutes=10)
    path = f"/api/v1/statuses/{post['id']}"

    same = {"options": ["tea", "coffee & cake", "water"], "expires_in": 7200}
    kept = await alice.ask("PUT", path, status="Which, please?", poll=same)
    await fediverse.wait(minutes=1)
    kept_there = await poll_of(bob, there)
    await alice.ask("PUT", path, status="Which, please?", poll=same | {"options": ["beer", "wine"]})
    await fediverse.wait(minutes=1)
    reset_there = await poll_of(bob, there)
    again, _ = await vote(bob, there, 1)
    await fediverse.wait(minutes=5)
    history = await bob.get(f"/api/v1/statuses/{there['id']}/history")
    await alice.ask("PUT", path, status="Never mind")
    await fediverse.wait(minutes=1)

    assert (kept[0], votes(kept[1]["poll"]), votes(kept_there)) == (200, [1, 0, 0], [1, 0, 0])
    assert (votes(reset_there), reset_there["voted"], again) == ([0, 0], False, 200)
    assert [[option["title"] for option in edit["poll"]["options"]] for edit in history] == [
        ["tea", "coffee & cake", "water"],
        ["tea", "coffee & cake", "water"],
        ["beer", "wine"],
    ]
    assert (await bob.here(post))["poll"] is None
    assert await bob.notified("poll") == []


async def test_a_poll_among_few(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    """A direct poll is for whom it names; who is blocked, or was not asked, has no vote, and nobody else hears."""
    alice, bob, carol = friends
    post = await ask(alice, "@bob@b.example which?", visibility="direct")
    await fediverse.wait(minutes=1)
    there = await bob.here(post)
    await vote(bob, there, 0)
    await fediverse.wait(hours=2)

    assert votes(await poll_of(bob, there)) == [1, 0, 0]
    assert (await poll_of(bob, there))["expired"]
    assert sent(fediverse, alice, "c.example", "Update") == sent(fediverse, alice, "c.example", "Create") == []
    assert await carol.home() == []


async def test_boosted_and_deleted(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    """A poll is voted in through a boost of it, in an answer as anywhere, and goes with its post."""
    alice, bob, carol = friends
    await carol.follow(bob)
    said = await alice.say("Hungry?")
    post = await ask(alice, "And thirsty?", in_reply_to_id=said["id"])
    await fediverse.wait(minutes=1)
    there = await bob.here(post)
    await bob.post(f"/api/v1/statuses/{there['id']}/reblog")
    await fediverse.wait(minutes=1)
    boost = next(each for each in await carol.home() if each["reblog"])

    status, _ = await vote(carol, boost["reblog"], 1)
    await fediverse.wait(minutes=10)
    stands = await poll_of(alice, post)
    await alice.delete(post)
    await fediverse.wait(hours=2)

    assert (status, votes(stands), votes(boost["reblog"]["poll"])) == (200, [0, 1, 0], [0, 0, 0])
    assert [await house.notified("poll") for house in friends] == [[], [], []]
    assert all(each["uri"] != post["uri"] for each in await carol.home())


async def test_others_read_it_as_a_question_and_people_on_its_page(
    autojump_clock: MockClock, fediverse: Fediverse, friends: tuple[House, House, House]
) -> None:
    alice, bob, _ = friends
    post = await ask(alice, multiple=True)
    await fediverse.wait(minutes=1)
    await vote(bob, await bob.here(post), 0, 1)
    await fediverse.wait(minutes=4)
    path = post["uri"].removeprefix("https://a.example")

    question = json.loads(await shown(alice, path))
    page = await shown(alice, f"/@alice/{post['id']}")
    await fediverse.wait(hours=1)
    closed = json.loads(await shown(alice, path))
    ended = await shown(alice, f"/@alice/{post['id']}")

    assert [(each["name"], each["replies"]["totalItems"]) for each in question["anyOf"]] == [
        ("tea", 1),
        ("coffee & cake", 1),
        ("water", 0),
    ]
    assert (question["votersCount"], "closed" in question, "closed" in closed) == (1, False, True)
    assert '<span class="title" dir="auto">coffee &amp; cake</span>' in page
    assert page.count("1 vote<") == 2
    assert "1 person voted · several may be chosen · ends" in page
    assert "1 person voted · ended" in ended
