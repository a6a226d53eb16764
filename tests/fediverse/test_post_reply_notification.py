"""A conversation between two people, and what a third one sees of it."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, plain


async def test_a_reply_notifies_and_joins_the_thread(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    post = await alice.say("What is for dinner?")
    await fediverse.wait(minutes=1)
    seen = await bob.here(post)
    await bob.say("@alice@a.example Soup", in_reply_to_id=seen["id"])
    await fediverse.wait(minutes=1)
    thread = await alice.get(f"/api/v1/statuses/{post['id']}/context")

    ((text, who),) = await alice.notified("mention")
    assert who == "bob@b.example"
    assert text.endswith("Soup")
    assert [(each["in_reply_to_id"], each["account"]["acct"]) for each in thread["descendants"]] == [
        (post["id"], "bob@b.example")
    ]
    assert (await alice.get(f"/api/v1/statuses/{post['id']}"))["replies_count"] == 1


async def test_who_is_mentioned_gets_the_post_without_following(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")

    post = await alice.say("Good morning @bob@b.example")
    await fediverse.wait(minutes=1)
    ((_, who),) = await bob.notified("mention")
    (mention,) = await bob.get("/api/v1/notifications")
    await bob.say("Good morning @carol@c.example, look", in_reply_to_id=mention["status"]["id"])
    await fediverse.wait(minutes=5)

    assert who == "alice@a.example"
    assert mention["status"]["uri"] == post["uri"]
    (heard,) = await carol.get("/api/v1/notifications")
    above = (await carol.get(f"/api/v1/statuses/{heard['status']['id']}/context"))["ancestors"]
    assert [each["uri"] for each in above] == [post["uri"]]  # fetched from where it was said
    assert plain(above[0]).startswith("Good morning")
