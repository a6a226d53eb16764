"""Conversations that others have, made whole for whoever opens them."""

import logging
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.villages import Village

HOSTS = ("one.example", "two.example", "three.example", "four.example", "five.example")
PEOPLE = 4  # on each host


def thread_of(villages: list[Village], size: int) -> str:
    """Let people on all servers answer a post and each other, ``size`` times; return the post's id.

    Everybody's third answer is to the post itself, the others go on below each other.
    """
    people = [(village, village.person(f"p{number}")) for number in range(PEOPLE) for village in villages]
    (village, author), *_ = people
    root = village.note(author, 0)
    said, answers = [(village, root)], {root: list[str]()}
    for number in range(1, size + 1):
        village, author = people[number * 7 % len(people)]
        _, parent = said[0 if number % 3 == 0 else number * 5 // 7]
        uri = village.note(author, number, answers=parent)
        said.append((village, uri))
        answers[uri] = []
        answers[parent].append(uri)
    for village, uri in said:
        village.list_replies(uri, *answers[uri])
    return root


async def opened(house: House, uri: str) -> dict[str, Any]:
    """Return a post that the owner has looked up by its address."""
    found = await house.get("/api/v2/search", q=uri, type="statuses", resolve="true")
    (status,) = found["statuses"]
    return dict(status)


async def below(house: House, post: dict[str, Any]) -> list[str]:
    """Return the ids below a post, as an app sees them."""
    thread = await house.get(f"/api/v1/statuses/{post['id']}/context")
    return [each["uri"] for each in thread["descendants"]]


def requests(fediverse: Fediverse, host: str) -> int:
    return sum(each.host == host for each in fediverse.wire.asked)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return what the log says of conversations."""
    told = [record for record in caplog.records if getattr(record, "event", "") == "conversation"]
    return [dict(record.__dict__["fields"]) for record in told]


async def test_two_hundred_replies_on_five_hosts(
    autojump_clock: MockClock, fediverse: Fediverse, caplog: pytest.LogCaptureFixture
) -> None:
    """All of them are there within seconds, nothing was asked for twice, and the log says what it cost."""
    caplog.set_level(logging.INFO)
    villages = [Village(fediverse.wire, host) for host in HOSTS]
    root = thread_of(villages, 200)
    alice = await fediverse.house("alice@a.example")
    for host in HOSTS:
        fediverse.wire.delay[host] = 0.1
    post = await opened(alice, root)

    began = trio.current_time()
    at_once = await below(alice, post)
    took = trio.current_time() - began
    await fediverse.wait(seconds=28)
    whole = await below(alice, post)

    assert took <= 2.5
    assert 20 < len(at_once) < 200
    assert len(whole) == len(set(whole)) == 200
    assert {uri.split("/")[2] for uri in whole} == set(HOSTS)
    [line] = lines(caplog)
    assert (line["root"], line["found"], line["ended"]) == (root, 200, "complete")
    assert line["seconds"] < 20
    for village in villages:
        assert max(village.asked.values()) == 1, village.asked.most_common(3)
        # a post and the page of its replies, each person and how that is found; a fifth of all
        assert village.asked.total() <= 2 * 201 / 5 + 2 * PEOPLE + 10
    assert line["fetched"] == sum(village.asked.total() for village in villages) - 3  # the search was before


async def test_notified_of_nothing_and_home_as_it_was(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What is fetched so is context, also when it names the owner or is by somebody the owner follows."""
    alice = await fediverse.house("alice@a.example")
    village = Village(fediverse.wire, "one.example")
    bob = village.person("bob")
    root = village.note(bob, 1)
    tag = {"type": "Mention", "href": alice.actor, "name": "@alice@a.example"}
    reply = village.note(bob, 2, answers=root, tag=[tag], cc=[alice.actor])
    village.list_replies(root, reply)
    village.list_replies(reply)
    post = await opened(alice, root)
    home = await alice.read()

    assert await below(alice, post) == [reply]

    assert await alice.read() == home
    assert await alice.notified() == []


async def test_begun_again_after_a_restart(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Whoever opens the thread again goes on where it stopped: only what was on its way is asked for once more."""
    villages = [Village(fediverse.wire, host) for host in HOSTS]
    root = thread_of(villages, 60)
    alice = await fediverse.house("alice@a.example")
    for host in HOSTS:
        fediverse.wire.delay[host] = 0.2
    post = await opened(alice, root)
    before = len(await below(alice, post))

    await alice.kill()
    await alice.begin()
    await fediverse.wait(seconds=1)
    again = len(await below(alice, post))
    await fediverse.wait(seconds=30)

    assert 0 < before < 60
    assert again > before
    assert len(await below(alice, post)) == 60
    posts = [path for village in villages for path in village.asked.elements() if path.count("/") == 2]
    notes = [path for path in posts if path.startswith("/notes/")]
    assert len(notes) <= 61 + 8


async def test_ours_are_whole_for_others(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Whoever opens a post of ours reads the collection of the whole here, and gets what third servers said."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    root = await alice.say("who is there?")
    private = await alice.say("for friends", in_reply_to_id=root["id"], visibility="private")
    seen = await opened(bob, root["uri"])
    reply = await bob.say("@alice@a.example me", in_reply_to_id=seen["id"])
    await fediverse.wait(minutes=1)

    thread = await below(carol, await opened(carol, root["uri"]))

    assert thread == [reply["uri"]]
    assert private["uri"] not in thread
    asked = [each.path for each in fediverse.wire.asked if each.asker == "c.example" and each.host == "a.example"]
    path = root["uri"].removeprefix("https://a.example")
    assert [each for each in asked if each.startswith(f"{path}/")] == [f"{path}/context", f"{path}/context?page=true"]


async def test_what_concerns_the_owner_is_whole_before_it_is_opened(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """Minutes after somebody whom the owner follows has spoken, the answers of others are there; also after a kill."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.follow(bob)
    await fediverse.wait(minutes=1)
    post = await bob.say("what do you think?")
    village = Village(fediverse.wire, "one.example")
    said = village.note(village.person("eve"), 1, answers=post["uri"])
    found = await opened(bob, said)
    assert found["in_reply_to_id"] == post["id"]
    await fediverse.wait(minutes=2)

    await alice.kill()
    await alice.begin()
    before = village.asked["/notes/1"]
    await fediverse.wait(minutes=5)

    assert village.asked["/notes/1"] == before + 1
    heard = await alice.here(post)
    asked = len(fediverse.wire.asked)
    assert await below(alice, heard) == [said]
    assert len(fediverse.wire.asked) == asked
