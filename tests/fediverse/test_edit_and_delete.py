"""Second thoughts reach everybody who has read the first."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse


async def test_an_edit_replaces_what_followers_read(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    post = await alice.say("The meeting is at nine")
    await fediverse.wait(minutes=5)

    await alice.edit(post, "The meeting is at ten")
    await fediverse.wait(minutes=5)
    seen = await bob.here(post)
    history = await bob.get(f"/api/v1/statuses/{seen['id']}/history")

    assert await bob.read() == ["The meeting is at ten"]
    assert seen["edited_at"] is not None
    assert [each["content"] for each in history] == ["<p>The meeting is at nine</p>", "<p>The meeting is at ten</p>"]


async def test_a_deleted_post_is_gone_everywhere(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    post = await alice.say("Not for long")
    await fediverse.wait(minutes=1)
    seen = await bob.here(post)

    await alice.delete(post)
    await fediverse.wait(minutes=1)

    assert await bob.read() == []
    assert (await bob.ask("GET", f"/api/v1/statuses/{seen['id']}"))[0] == 404
    assert (await alice.ask("GET", f"/api/v1/statuses/{post['id']}"))[0] == 404
    found = await bob.get("/api/v2/search", q=post["uri"], resolve="true")
    assert found["statuses"] == []  # asked for again, it stays gone
