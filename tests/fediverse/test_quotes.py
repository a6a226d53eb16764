"""Quotes with consent, between houses that ask and answer: FEP-044f as people live it."""

from typing import Any

from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, House


async def acquainted(fediverse: Fediverse) -> tuple[House, House, House]:
    """Return alice, whom bob quotes, and carol, who follows both; bob follows alice."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await bob.follow(alice)
    await carol.follow(bob)
    await carol.follow(alice)
    await fediverse.wait(minutes=1)
    return alice, bob, carol


async def quote(bob: House, post: JSON, text: str = "So true", **parameters: object) -> JSON:
    """Let bob quote another house's post."""
    seen = await bob.here(post)
    return await bob.say(text, quoted_status_id=seen["id"], **parameters)


def state(post: JSON) -> tuple[str, str | None] | None:
    """Return (state, text of the quoted post) of the quote in a post."""
    told: dict[str, Any] | None = post["quote"]
    if told is None:
        return None
    return told["state"], None if told["quoted_status"] is None else str(told["quoted_status"]["content"])


async def test_a_quote_is_asked_for_and_stamped(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)

    quoting = await quote(bob, original)
    await fediverse.wait(minutes=5)

    assert state(quoting) == ("pending", None)
    for house in (bob, carol):
        seen = await house.here(quoting)
        assert state(seen) == ("accepted", "<p>Bread is good</p>")
        assert seen["quote"]["quoted_status"]["quotes_count"] == 1
    assert await alice.notified() == [
        ("follow", "bob@b.example"),
        ("follow", "carol@c.example"),
        ("quote", "bob@b.example"),
    ]
    (known,) = await alice.get(f"/api/v1/statuses/{original['id']}/quotes")
    assert (known["uri"], state(known)) == (quoting["uri"], ("accepted", "<p>Bread is good</p>"))
    assert (await alice.get(f"/api/v1/statuses/{original['id']}"))["quotes_count"] == 1


async def test_a_quote_that_nobody_may_make_is_refused_at_once(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, _ = await acquainted(fediverse)
    original = await alice.say("Not for quoting", quote_approval_policy="nobody")
    await fediverse.wait(minutes=1)
    seen = await bob.here(original)

    status, answer = await bob.ask("POST", "/api/v1/statuses", status="Look", quoted_status_id=seen["id"])

    assert seen["quote_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    assert status == 422
    assert answer["error"] == "Validation failed: This post cannot be quoted: its author does not let you"


async def test_a_policy_that_changed_meanwhile_rejects_the_quote(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)
    fediverse.wire.trouble["b.example"] = "refused"  # bob does not hear of it
    put = f"/api/v1/statuses/{original['id']}/interaction_policy"
    status, changed = await alice.ask("PUT", put, quote_approval_policy="nobody")
    assert (status, changed["quote_approval"]["automatic"]) == (200, [])

    quoting = await quote(bob, original)
    await fediverse.wait(minutes=1)
    del fediverse.wire.trouble["b.example"]
    await fediverse.wait(hours=2)

    assert state(await bob.here(quoting)) == ("rejected", None)
    assert state(await carol.here(quoting)) == ("pending", None)
    assert (await bob.here(original))["quote_approval"]["current_user"] == "denied"
    assert await alice.get(f"/api/v1/statuses/{original['id']}/quotes") == []
    assert ("quote", "bob@b.example") not in await alice.notified()


async def test_followers_only_may_quote(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, _ = await acquainted(fediverse)
    dave = await fediverse.house("dave@d.example")
    original = await alice.say("For friends to pass on", quote_approval_policy="followers")
    await fediverse.wait(minutes=1)

    quoting = await quote(bob, original)
    found = await dave.get("/api/v2/search", q=original["uri"], resolve="true")
    await fediverse.wait(minutes=5)

    assert state(await bob.here(quoting)) == ("accepted", "<p>For friends to pass on</p>")
    (seen,) = found["statuses"]
    assert seen["quote_approval"] == {"automatic": ["followers"], "manual": [], "current_user": "denied"}


async def test_a_revoked_quote_is_shown_nowhere(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)
    quoting = await quote(bob, original)
    await fediverse.wait(minutes=5)
    (known,) = await alice.get(f"/api/v1/statuses/{original['id']}/quotes")

    left = await alice.post(f"/api/v1/statuses/{original['id']}/quotes/{known['id']}/revoke")
    await fediverse.wait(minutes=5)

    assert state(left) == ("revoked", None)
    assert state(await bob.here(quoting)) == ("revoked", None)
    assert state(await carol.here(quoting)) == ("revoked", None)
    assert (await alice.get(f"/api/v1/statuses/{original['id']}"))["quotes_count"] == 0
    await bob.edit(quoting, "But I meant it")
    await fediverse.wait(minutes=5)
    assert state(await carol.here(quoting)) == ("revoked", None)


async def test_edits_keep_the_quote_and_are_told(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is god")
    await fediverse.wait(minutes=1)
    quoting = await quote(bob, original)
    await fediverse.wait(minutes=5)

    await bob.edit(quoting, "So very true")
    await alice.edit(original, "Bread is good")
    await fediverse.wait(minutes=5)

    seen = await carol.here(quoting)
    assert state(seen) == ("accepted", "<p>Bread is good</p>")
    assert str(seen["content"]).startswith('<p>So very true</p><p class="quote-inline">RE: <a href="https://a.example/')
    assert ("quoted_update", "alice@a.example") in await bob.notified()


async def test_what_is_deleted_is_not_quoted_any_more(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Not for long")
    await fediverse.wait(minutes=1)
    quoting = await quote(bob, original)
    await fediverse.wait(minutes=5)

    await alice.delete(original)
    await fediverse.wait(minutes=5)

    assert state(await bob.here(quoting)) == ("deleted", None)
    assert state(await carol.here(quoting)) == ("deleted", None)


async def test_whoever_deletes_the_quote_is_rid_of_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)
    quoting = await quote(bob, original)
    await fediverse.wait(minutes=5)

    await bob.delete(quoting)
    await fediverse.wait(minutes=5)

    assert await carol.read() == ["Bread is good"]
    assert await alice.get(f"/api/v1/statuses/{original['id']}/quotes") == []


async def test_quoting_oneself_needs_nobody(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, _, carol = await acquainted(fediverse)
    secret = await alice.say("Between us", visibility="private")

    quoting = await alice.say("As I said", quoted_status_id=secret["id"])
    await fediverse.wait(minutes=5)

    assert (quoting["visibility"], state(quoting)) == ("private", ("accepted", "<p>Between us</p>"))
    assert state(await carol.here(quoting)) == ("accepted", "<p>Between us</p>")


async def test_a_quote_for_followers_is_stamped_too(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """The quoted author gets to see it; a stranger who asks for the stamp learns no more than two addresses."""
    alice, bob, carol = await acquainted(fediverse)
    original = await alice.say("Bread is good")
    await fediverse.wait(minutes=1)

    quoting = await quote(bob, original, visibility="private")
    await fediverse.wait(minutes=5)

    assert state(await carol.here(quoting)) == ("accepted", "<p>Bread is good</p>")
    (known,) = await alice.get(f"/api/v1/statuses/{original['id']}/quotes")
    assert known["visibility"] == "private"
    assert (await alice.get(f"/api/v1/statuses/{original['id']}"))["quotes_count"] == 0  # a number tells of no secret
