"""An app that listens hears what happens elsewhere, at once and in order, and nothing twice."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.listening import Ear, listening


def app_of(house: House, stream: str = "user"):  # type: ignore[no-untyped-def] # a context manager of tests.listening
    """Open a WebSocket of the owner's app."""
    assert house.app is not None
    return listening(house.app.front, token=house._token, stream=stream)


async def names(ear: Ear) -> list[str]:
    return [event for _, event, _ in await ear.events()]


async def test_a_post_its_edit_and_its_end_are_heard_far_away(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    async with app_of(bob) as far, app_of(alice) as near:
        post = await alice.say("Hello @bob@b.example")
        await fediverse.wait(minutes=1)
        here = await bob.here(post)
        await alice.edit(post, "Hello again @bob@b.example")
        await fediverse.wait(minutes=1)
        await bob.post(f"/api/v1/statuses/{here['id']}/favourite")
        await fediverse.wait(minutes=1)
        await alice.delete(post)
        await fediverse.wait(minutes=1)

        assert await names(far) == ["update", "notification", "status.update", "delete"]
        assert await names(near) == ["update", "status.update", "notification", "delete"]


async def test_a_past_that_is_read_is_not_heard(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """To follow somebody brings what they said before, quietly; what they say next is heard."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    for number in range(5):
        await alice.say(f"Number {number}")
        await fediverse.wait(minutes=1)

    async with app_of(bob) as ear:
        await bob.follow(alice)
        await fediverse.wait(minutes=10)
        read, quiet = await bob.read(), await ear.events()
        post = await alice.say("And now")
        await fediverse.wait(minutes=1)

        assert (read, quiet) == ([f"Number {number}" for number in range(5)], [])
        assert await ear.events() == [("user", "update", (await bob.here(post))["id"])]


async def test_what_arrives_after_an_outage_of_a_day_is_not_heard(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "refused"
    await alice.say("Yesterday")
    await fediverse.wait(hours=24)
    fediverse.wire.trouble.clear()

    async with app_of(bob) as ear:
        await fediverse.wait(days=2)

        assert await bob.read() == ["Yesterday"]
        assert await ear.events() == []


async def test_what_was_fetched_first_is_heard_when_it_is_sent(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Bob's house has the post before it is delivered, because somebody looked for it."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "refused"
    post = await alice.say("Found before it came")
    found = await bob.get("/api/v2/search", q=post["uri"], resolve="true", type="statuses")
    fediverse.wire.trouble.clear()

    async with app_of(bob) as ear:
        await fediverse.wait(hours=2)

        assert [each["uri"] for each in found["statuses"]] == [post["uri"]]
        assert await ear.events() == [("user", "update", found["statuses"][0]["id"])]
