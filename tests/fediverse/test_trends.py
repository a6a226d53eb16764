"""What is talked about stays so when somebody is kept away, without them; and is what it was when they are back."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.relays import ScriptedRelay, joined
from tests.fediverse.villages import Village

BLOCK = "/api/v1/domain_blocks"
MIXED, OURS, THEIRS = ("cats", "7"), ("cats", "4"), ("pills", "3")


async def trends(alice: House) -> list[tuple[str, str]]:
    """Return which hashtags stand out, and how many people used each today."""
    found = await alice.get("/api/v1/trends/tags")
    return [(tag["name"], tag["history"][0]["accounts"]) for tag in found]


def told(village: Village, number: int, *names: str) -> str:
    """Let somebody of a village post with hashtags; return the id."""
    tags = [{"type": "Hashtag", "name": f"#{name}", "href": f"https://{village.host}/tags/{name}"} for name in names]
    return village.note(village.person(f"person{number}"), number, tag=tags)


async def test_a_block_takes_its_own_out_of_trends_at_once_and_nothing_else(
    fediverse: Fediverse, autojump_clock: MockClock
) -> None:
    """In every moment, also while it is counted anew, and when the house is killed in between."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    loud = Village(fediverse.wire, "loud.example")
    for number in range(3):
        await relay.bring(alice, told(loud, number, "cats", "pills"))
    for number in range(4):
        await relay.bring(alice, told(Village(fediverse.wire, f"v{number}.example"), number, "cats"))
    await fediverse.wait(hours=1)
    before = await trends(alice)

    await alice.post(BLOCK, domain="loud.example")
    blocked = [await trends(alice)]
    await alice.kill()
    await alice.begin()
    for _ in range(20):
        blocked.append(await trends(alice))
        await fediverse.wait(seconds=30)

    await alice.ask("DELETE", BLOCK, domain="loud.example")
    lifted = await trends(alice)
    await fediverse.wait(minutes=1)
    after = await trends(alice)

    assert before == after == [MIXED, THEIRS]
    assert blocked == [[OURS]] * 21
    assert lifted == [MIXED]
