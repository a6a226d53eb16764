"""Before following someone one can see what they write, back to the beginning."""

from msgspec import structs
from trio.testing import MockClock

from smallfed.config import Past
from tests.fediverse.houses import Fediverse, House, plain


async def shown(house: House, account: str, **query: object) -> list[str]:
    """Page through a profile as an app does."""
    found: list[str] = []
    bounds: dict[str, object] = {}
    while page := await house.get(f"/api/v1/accounts/{account}/statuses", **query, **bounds):
        found += [plain(post["reblog"] or post) for post in page]
        bounds = {"max_id": page[-1]["id"]}
    return found


async def test_a_strangers_profile_is_whole(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """With what they boosted; nothing of it comes into the timeline or tells us anything."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(carol)
    await fediverse.wait(minutes=1)
    written = []
    for number in range(50):
        written.append(f"number {number}")
        await bob.say(written[-1])
        await fediverse.wait(seconds=5)
    await carol.say("worth reading")
    await fediverse.wait(seconds=5)
    await bob.post(f"/api/v1/statuses/{(await bob.home())[0]['id']}/reblog")
    await bob.say("for friends only", visibility="private")
    await fediverse.wait(minutes=20)

    account = await alice.look_up(bob.handle)
    profile = await alice.get(f"/api/v1/accounts/{account['id']}")
    everything = await shown(alice, account["id"], limit=20)

    assert profile["statuses_count"] == 51
    assert everything == ["worth reading", *reversed(written)]
    assert await alice.home() == []
    assert await alice.notified() == []
    assert await shown(alice, account["id"], limit=40) == everything


async def test_their_server_dies_in_the_middle(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What was read is shown; when it is back, reading goes on, also after a restart of ours."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    for number in range(50):
        await bob.say(f"number {number}")
        await fediverse.wait(seconds=5)
    account = await alice.look_up(bob.handle)
    first = await alice.get(f"/api/v1/accounts/{account['id']}/statuses", limit=20)

    fediverse.wire.trouble["b.example"] = "silent"
    partial = await shown(alice, account["id"], limit=20)
    await alice.kill()
    await alice.begin()
    del fediverse.wire.trouble["b.example"]
    whole = await shown(alice, account["id"], limit=20)

    assert [plain(post) for post in first] == [f"number {number}" for number in range(49, 29, -1)]
    assert partial == [f"number {number}" for number in range(49, 29, -1)]
    assert whole == [f"number {number}" for number in range(49, -1, -1)]


async def test_what_nobody_looks_at_any_more_is_given_back(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """But for what the owner cared for; and looking again brings it again."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await alice.end()
    alice.config = structs.replace(alice.config, past=Past(keep_days=1))
    await alice.begin()
    for number in range(5):
        await bob.say(f"number {number}")
        await fediverse.wait(seconds=5)
    account = await alice.look_up(bob.handle)
    posts = await alice.get(f"/api/v1/accounts/{account['id']}/statuses")
    await alice.post(f"/api/v1/statuses/{posts[1]['id']}/bookmark")

    await fediverse.wait(hours=27)
    statuses = [(await alice.ask("GET", f"/api/v1/statuses/{post['id']}"))[0] for post in posts]

    assert statuses == [404, 200, 404, 404, 404]
    assert await shown(alice, account["id"]) == [f"number {number}" for number in range(4, -1, -1)]
