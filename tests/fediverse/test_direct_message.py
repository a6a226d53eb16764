"""A direct message is told to those it is addressed to, and to nobody else."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse


async def test_only_the_addressed_hosts_are_told(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for each in (bob, carol):
        await each.follow(alice)
    await fediverse.wait(minutes=1)
    before = len(fediverse.wire.posts("c.example"))

    post = await alice.say("@bob@b.example between us", visibility="direct")
    await fediverse.wait(minutes=5)

    ((text, who),) = await bob.notified("mention")
    assert (text.endswith("between us"), who) == (True, "alice@a.example")
    assert fediverse.wire.posts("c.example")[before:] == []
    assert await carol.read() == []
    found = await carol.get("/api/v2/search", q=post["uri"], resolve="true")
    assert found["statuses"] == []  # nor is it handed out to who asks for it


async def test_a_follower_is_shown_by_its_address_what_is_for_followers(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    """It was said before bob followed; whoever asks in the name of a server, or does not follow, is shown nothing."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    post = await alice.say("Among friends", visibility="private")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    (shown,), hidden = [
        (await house.get("/api/v2/search", q=post["uri"], resolve="true"))["statuses"] for house in (bob, carol)
    ]

    assert ("Among friends" in shown["content"], shown["visibility"], hidden) == (True, "private", [])
