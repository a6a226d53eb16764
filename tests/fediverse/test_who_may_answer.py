"""Who may answer: other servers hold to it, and what comes all the same waits for the owner's word."""

from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, House


async def answers(house: House, post: JSON) -> list[str]:
    """Return who answers a post at its author's."""
    thread = await house.get(f"/api/v1/statuses/{post['id']}/context")
    return [one["account"]["acct"] for one in thread["descendants"]]


async def test_followers_only(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    await alice.command("preferences.set", change={"replies": "followers"})
    said = await alice.say("Who is there?")
    await fediverse.wait(minutes=1)
    here = await bob.here(said)
    (elsewhere,) = (await carol.get("/api/v2/search", q=said["uri"], resolve="true"))["statuses"]

    await bob.say("@alice@a.example Me", in_reply_to_id=here["id"])
    status, refused = await carol.ask("POST", "/api/v1/statuses", status="Me too", in_reply_to_id=elsewhere["id"])
    await fediverse.wait(minutes=5)

    assert await answers(alice, said) == ["bob@b.example"]
    assert (status, refused["error"]) == (
        422,
        "Validation failed: Its author does not let you answer this post",
    )


async def test_what_comes_all_the_same_is_held_and_let_in(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """By somebody whose server does not know what the post says now."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    said = await alice.say("Who is there?")
    await fediverse.wait(minutes=1)
    here = await bob.here(said)
    fediverse.wire.trouble["b.example"] = "refused"
    path = f"/api/v1/statuses/{said['id']}/interaction_policy"
    status, _ = await alice.ask("PUT", path, reply_approval_policy="nobody")

    await bob.say("@alice@a.example Me", in_reply_to_id=here["id"])
    await fediverse.wait(minutes=5)
    before, told = await answers(alice, said), await alice.notified("mention")
    del fediverse.wire.trouble["b.example"]
    assert alice.app is not None
    line = await alice.app.parts.db.read(lambda tx: tx.one("SELECT id, rule FROM refusals"))
    await alice.command("ledger.release", number=line[0])
    await fediverse.wait(minutes=5)

    assert (status, line[1]) == (200, "who may reply")
    assert (before, told) == ([], [])
    assert await answers(alice, said) == ["bob@b.example"]
    assert [who for _, who in await alice.notified("mention")] == ["bob@b.example"]
