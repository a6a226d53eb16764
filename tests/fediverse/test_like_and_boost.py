"""Likes and boosts: notified, counted, carried on to others, and taken back."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House


async def counts(house: House, post: dict[str, object]) -> tuple[int, int]:
    known = await house.get(f"/api/v1/statuses/{post['id']}")
    return known["favourites_count"], known["reblogs_count"]


async def test_likes_and_boosts_are_counted_and_taken_back(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    post = await alice.say("A picture of a cat")
    await fediverse.wait(minutes=1)
    path = f"/api/v1/statuses/{(await bob.here(post))['id']}"

    await bob.post(f"{path}/favourite")
    await bob.post(f"{path}/reblog")
    await fediverse.wait(minutes=1)
    liked, notified = await counts(alice, post), await alice.notified()
    await bob.post(f"{path}/unfavourite")
    await bob.post(f"{path}/unreblog")
    await fediverse.wait(minutes=1)

    assert liked == (1, 1)
    assert sorted(notified) == [(kind, "bob@b.example") for kind in ("favourite", "follow", "reblog")]
    assert await counts(alice, post) == (0, 0)


async def test_a_boost_carries_a_post_to_people_who_never_met_its_author(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(alice)
    await carol.follow(bob)
    await fediverse.wait(minutes=1)
    post = await alice.say("Pass it on")
    await fediverse.wait(minutes=1)

    await bob.post(f"/api/v1/statuses/{(await bob.here(post))['id']}/reblog")
    await fediverse.wait(minutes=5)
    (boost,) = await carol.home()

    assert boost["account"]["acct"] == "bob@b.example"
    assert boost["reblog"]["uri"] == post["uri"]
    assert boost["reblog"]["account"]["acct"] == "alice@a.example"
    assert boost["reblog"]["content"] == "<p>Pass it on</p>"
