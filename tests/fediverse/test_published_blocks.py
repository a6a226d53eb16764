"""One house subscribes to what the owner of another decides."""

from msgspec import structs
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse
from tests.fediverse.test_lists import add, held


async def test_what_the_owner_decides_can_be_subscribed_to(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """If it is wished; but not what others decided or cannot be told, names that are not to be read, private words."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    closed = await bob.visit("/blocks.csv")
    bob.config = structs.replace(bob.config, federation=structs.replace(bob.config.federation, publish_blocks=True))
    await bob.end()
    await bob.begin()
    for domain, wish in {
        "bad.example": {"severity": "suspend", "public_comment": "spam", "private_comment": "secret"},
        "secret.example": {"severity": "suspend", "obfuscate": True},
        "*.part.example": {"severity": "suspend"},
        "noted.example": {"severity": "noop"},
        "unrelayed.example": {"severity": "noop", "no_relay": True, "mute": True},
    }.items():
        await bob.command("domain.set", domain=domain, wish=wish)

    outcome = await add(alice, "https://b.example/blocks.csv", name="bob")
    await bob.command("domain.set", domain="loud.example", wish={"severity": "silence"})
    await alice.command("lists.refresh", name="bob")
    again = await alice.command("lists.refresh", name="bob")
    opened = await bob.visit("/blocks.csv")

    assert closed.status == 404
    assert (outcome["size"], outcome["new"], again["new"]) == (1, 1, 0)
    assert await held(alice) == {"bad.example": "suspend", "loud.example": "silence"}
    assert opened.body.decode().splitlines()[1:] == [
        "bad.example,suspend,false,false,spam,false",
        "loud.example,silence,false,false,,false",
    ]
    assert fediverse.wire.asked[-1].status == 304
