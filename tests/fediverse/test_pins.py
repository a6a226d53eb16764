"""Pins: what one shows first, others see first; told, and read when somebody looks."""

from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, House, plain


async def pins(house: House, other: House) -> set[str]:
    """Return the texts that ``house`` shows first on the profile of ``other``."""
    account = await house.look_up(other.handle)
    shown: list[JSON] = await house.get(f"/api/v1/accounts/{account['id']}/statuses", pinned="true")
    return {plain(post) for post in shown}


async def test_followers_see_what_is_pinned(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Also a post from before they followed, which they do not have."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    early = await alice.say("Before anybody came")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    late = await alice.say("Now")
    await fediverse.wait(minutes=1)

    for post in (early, late):
        await alice.post(f"/api/v1/statuses/{post['id']}/pin")
    await fediverse.wait(minutes=5)
    pinned = await pins(bob, alice)
    await alice.post(f"/api/v1/statuses/{late['id']}/unpin")
    await fediverse.wait(minutes=5)

    assert pinned == {"Now", "Before anybody came"}
    assert await pins(bob, alice) == {"Before anybody came"}
    assert await pins(bob, bob) == set()
    assert await bob.notified() == []


async def test_who_looks_sees_what_is_pinned(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Without following; pins of one's own stay one's own."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    post, mine = await alice.say("About me"), await bob.say("Mine")
    await alice.post(f"/api/v1/statuses/{post['id']}/pin")
    await bob.post(f"/api/v1/statuses/{mine['id']}/pin")

    account = await bob.look_up(alice.handle)
    await bob.get(f"/api/v1/accounts/{account['id']}")
    await fediverse.wait(minutes=1)

    assert await pins(bob, alice) == {"About me"}
    assert await pins(bob, bob) == {"Mine"}
