"""Featured hashtags: told to followers, and read by who looks."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House


async def tags(house: House, other: House) -> list[tuple[str, str]]:
    """Return (name, page) of the hashtags that ``house`` shows on the profile of ``other``."""
    account = await house.look_up(other.handle)
    shown = await house.get(f"/api/v1/accounts/{account['id']}/featured_tags")
    return sorted((tag["name"], tag["url"]) for tag in shown)


async def test_followers_hear_of_hashtags(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    cats = await alice.post("/api/v1/featured_tags", name="Cats")
    await alice.post("/api/v1/featured_tags", name="dogs")
    await fediverse.wait(minutes=1)
    both = await tags(bob, alice)
    await alice.ask("DELETE", f"/api/v1/featured_tags/{cats['id']}")
    await fediverse.wait(minutes=1)

    assert both == [("Cats", "https://a.example/tags/cats"), ("dogs", "https://a.example/tags/dogs")]
    assert await tags(bob, alice) == [("dogs", "https://a.example/tags/dogs")]


async def test_who_looks_sees_hashtags(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Without following, from the collection; a day later what changed meanwhile."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    cats = await alice.post("/api/v1/featured_tags", name="Cats")
    account = await bob.look_up(alice.handle)
    seen = []

    for _ in range(2):
        await bob.get(f"/api/v1/accounts/{account['id']}")
        await fediverse.wait(minutes=1)
        seen.append([name for name, _ in await tags(bob, alice)])
        await alice.ask("DELETE", f"/api/v1/featured_tags/{cats['id']}")
        await fediverse.wait(days=2)

    assert seen == [["Cats"], []]
