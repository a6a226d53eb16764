"""Answers reach those who follow the one who was answered, and are believed there without anybody being asked."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House, plain
from tests.fediverse.wire import Asked


async def at_table(fediverse: Fediverse) -> tuple[House, House, House]:
    """Return alice, bob, and carol who follows alice; neither bob nor carol follows the other."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await carol.follow(alice)
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    return alice, bob, carol


async def answers(house: House, post: object) -> list[str]:
    """Return what stands below a post in the home timeline of ``house``."""
    here = await house.here(post)  # type: ignore[arg-type]
    thread = await house.get(f"/api/v1/statuses/{here['id']}/context")
    return [plain(each).rpartition("> ")[2] for each in thread["descendants"]]


def asked(fediverse: Fediverse, *, asker: str, host: str) -> list[Asked]:
    """Return what one house has asked another."""
    return [each for each in fediverse.wire.asked if (each.asker, each.host, each.method) == (asker, host, "GET")]


async def test_an_answer_an_edit_and_a_deletion_are_passed_on(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """To the last bit as they came, and bob's server is asked for nothing: carol's knows his key."""
    alice, bob, carol = await at_table(fediverse)
    await carol.look_up(bob.handle)
    post = await alice.say("What is for dinner?")
    await fediverse.wait(minutes=1)
    fediverse.wire.asked.clear()

    soup = await bob.say("@alice@a.example Soup", in_reply_to_id=(await bob.here(post))["id"])
    await fediverse.wait(minutes=1)
    first = await answers(carol, post)
    await bob.edit(soup, "@alice@a.example Stew")
    await fediverse.wait(minutes=1)
    second = await answers(carol, post)
    await bob.delete(soup)
    await fediverse.wait(minutes=1)

    assert (first, second, await answers(carol, post)) == (["Soup"], ["Stew"], [])
    assert asked(fediverse, asker="c.example", host="b.example") == []
    sent = [each.body for each in fediverse.wire.posts("a.example", asker="b.example")]
    passed_on = [each.body for each in fediverse.wire.posts("c.example", asker="a.example")]
    assert len(passed_on) == 3
    assert passed_on == sent


async def test_what_comes_days_late_is_asked_for_at_its_origin(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A proof is not for ever; the forward waits for carol's server, and then bob's is asked."""
    alice, bob, carol = await at_table(fediverse)
    post = await alice.say("What is for dinner?")
    await fediverse.wait(minutes=1)
    await carol.end()

    await bob.say("@alice@a.example Soup", in_reply_to_id=(await bob.here(post))["id"])
    await fediverse.wait(days=3)
    fediverse.wire.asked.clear()
    await carol.begin()
    await fediverse.wait(days=2)

    assert await answers(carol, post) == ["Soup"]
    assert asked(fediverse, asker="c.example", host="b.example") != []


async def test_a_forged_forward_is_what_the_origin_says(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Eve passes on what bob never said, and what he did say in other words: neither is believed."""
    alice, bob, carol = await at_table(fediverse)
    eve = await fediverse.house("eve@e.example")
    post = await alice.say("What is for dinner?")
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["c.example"] = "broken"  # so that carol hears of it from eve first
    await bob.say("@alice@a.example Soup", in_reply_to_id=(await bob.here(post))["id"])
    await fediverse.wait(seconds=5)
    (create,) = (each.body for each in fediverse.wire.posts("a.example", asker="b.example") if b"Soup" in each.body)
    del fediverse.wire.trouble["c.example"]

    statuses = [
        await hand_over(eve, "https://c.example/inbox", create.replace(b"Soup", b"Poison")),
        await hand_over(eve, "https://c.example/inbox", create.replace(b"/notes/", b"/notes/1")),
    ]
    await fediverse.wait(seconds=5)

    assert statuses == [202, 202]
    assert await answers(carol, post) == ["Soup"]


async def hand_over(house: House, inbox: str, body: bytes) -> int:
    """Post a body as it is, signed by the owner of ``house``."""
    assert house.app is not None
    parts = house.app.parts
    headers = [("Content-Type", "application/activity+json")]
    answer = await parts.http.request("POST", inbox, headers=headers, body=body, sign=parts.identity.sign_post())
    return answer.status


async def test_what_is_not_for_everybody_is_not_passed_on(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, _ = await at_table(fediverse)
    post = await alice.say("What is for dinner?")
    await fediverse.wait(minutes=1)
    before = len(fediverse.wire.posts("c.example", asker="a.example"))

    for visibility in ("private", "direct"):
        here = await bob.here(post)
        await bob.say("@alice@a.example A secret", in_reply_to_id=here["id"], visibility=visibility)
    await fediverse.wait(minutes=1)

    assert len(fediverse.wire.posts("c.example", asker="a.example")) == before
