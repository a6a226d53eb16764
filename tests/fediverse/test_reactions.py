"""Reactions between houses, and with servers of other kinds: given, shown, changed and taken back."""

from typing import Any
from urllib.parse import quote

from trio.testing import MockClock

from tests.fediverse.houses import JSON, Fediverse, House
from tests.fediverse.voices import say_as_others_do

PICTURE = "https://b.example/files/neocat.webp"


async def reactions(house: House, post: JSON) -> list[tuple[str, int, bool]]:
    """Return (name, how many, whether the owner of the house too) of a post's reactions."""
    shown = await house.get(f"/api/v1/statuses/{post['id']}")
    return [(each["name"], each["count"], each["me"]) for each in shown["emoji_reactions"]]


async def favourites(house: House, post: JSON) -> tuple[int, dict[str, int]]:
    """Return how many favourites a post has, and what of its counts is verified."""
    shown = await house.get(f"/api/v1/statuses/{post['id']}")
    return shown["favourites_count"], shown["verified"]


async def test_two_houses_react(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A reaction is seen by both, replaced by another, and taken back without a trace."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    post = await alice.say("Seven years of cats")
    await fediverse.wait(minutes=1)
    here = await bob.here(post)
    seen: list[Any] = []

    for emoji in ("🎉", "🔥"):
        await bob.post(f"/api/v1/statuses/{here['id']}/react/{quote(emoji)}")
        await fediverse.wait(minutes=1)
        seen.append((await reactions(alice, post), await reactions(bob, here)))
    told = await alice.get("/api/v1/notifications", **{"types[]": "favourite"})
    counted = await favourites(alice, post)
    await bob.post(f"/api/v1/statuses/{here['id']}/unreact/{quote('🔥')}")
    await fediverse.wait(minutes=1)

    assert seen == [
        ([("🎉", 1, False)], [("🎉", 1, True)]),
        ([("🔥", 1, False)], [("🔥", 1, True)]),
    ]
    assert [(one["type"], one["emoji"], one["account"]["acct"]) for one in told] == [
        ("favourite", "🔥", "bob@b.example")
    ]
    assert counted == (1, {"favourites": 1, "reblogs": 0})
    assert (await reactions(alice, post), await favourites(alice, post)) == ([], (0, {"favourites": 0, "reblogs": 0}))
    assert await alice.notified("favourite") == []


async def test_a_plain_favourite_becomes_a_reaction(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """And an app that knows only favourites can take it back."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    post = await alice.say("Hello")
    await fediverse.wait(minutes=1)
    here = await bob.here(post)
    path = f"/api/v1/statuses/{here['id']}"

    await bob.post(f"{path}/favourite")
    await fediverse.wait(minutes=1)
    await bob.post(f"{path}/react/{quote('❤')}")
    await fediverse.wait(minutes=1)
    both = await favourites(alice, post)
    await bob.post(f"{path}/unfavourite")
    await fediverse.wait(minutes=1)

    assert both[0] == 1
    assert (await favourites(alice, post))[0] == 0
    assert (await favourites(bob, here))[0] == 0


async def test_somebody_on_misskey(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A Like with a custom emoji of its own; changed by an Undo without an id and another Like."""
    alice, mia = await fediverse.houses("alice@a.example", "mia@b.example")
    post = await alice.say("Hello")
    like = {
        "type": "Like",
        "id": "https://b.example/likes/1",
        "object": post["uri"],
        "content": ":neocat:",
        "_misskey_reaction": ":neocat:",
    }
    tag = {"type": "Emoji", "name": ":neocat:", "icon": {"type": "Image", "url": PICTURE}}

    await say_as_others_do(mia, alice, **like, tag=[tag])
    await fediverse.wait(minutes=1)
    shown = await alice.get(f"/api/v1/statuses/{post['id']}")
    (told,) = await alice.get("/api/v1/notifications")
    await say_as_others_do(mia, alice, type="Undo", object={**like, "actor": mia.actor})
    await say_as_others_do(mia, alice, type="Like", id="https://b.example/likes/2", object=post["uri"], content="😆")
    await fediverse.wait(minutes=1)

    url, still = alice.emoji(PICTURE)
    assert shown["emoji_reactions"] == [
        {"name": "neocat@b.example", "count": 1, "me": False, "url": url, "static_url": still}
    ]
    assert (told["type"], told["emoji"], told["emoji_url"]) == ("favourite", "neocat@b.example", url)
    assert await reactions(alice, post) == [("😆", 1, False)]
    assert (await favourites(alice, post))[0] == 1


async def test_somebody_on_pleroma(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Several reactions beside a favourite, each taken back by itself; the owner takes an emoji of theirs up."""
    alice, dan = await fediverse.houses("alice@a.example", "dan@b.example")
    post = await alice.say("Hello")
    tag = [{"id": None, "type": "Emoji", "name": "blob", "icon": {"type": "Image", "url": PICTURE}}]

    def reaction(number: int, content: str) -> JSON:
        return {
            "type": "EmojiReact",
            "id": f"https://b.example/activities/{number}",
            "object": post["uri"],
            "content": content,
        }

    await say_as_others_do(dan, alice, type="Like", id="https://b.example/activities/1", object=post["uri"])
    await say_as_others_do(dan, alice, **reaction(2, "🔥"))
    await fediverse.wait(minutes=1)
    await say_as_others_do(dan, alice, **reaction(3, ":blob:"), tag=tag)
    await fediverse.wait(minutes=1)
    await alice.post(f"/api/v1/statuses/{post['id']}/react/blob@b.example")
    three, told = await reactions(alice, post), await alice.notified()
    undone = {**reaction(2, "🔥"), "actor": dan.actor}
    await say_as_others_do(dan, alice, type="Undo", id="https://b.example/activities/4", object=undone)
    await fediverse.wait(minutes=1)

    assert three == [("🔥", 1, False), ("blob@b.example", 2, True)]
    assert told == [("favourite", "dan@b.example")]
    assert await reactions(alice, post) == [("blob@b.example", 2, True)]
    assert (await favourites(alice, post))[0] == 2


async def test_votes_of_a_link_aggregator(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Down is never a favourite, nobody is told of it, and up replaces it."""
    alice, lem = await fediverse.houses("alice@a.example", "lem@b.example")
    post = await alice.say("Hello")

    await say_as_others_do(lem, alice, type="Dislike", id="https://b.example/activities/dislike/1", object=post["uri"])
    await fediverse.wait(minutes=1)
    down = await reactions(alice, post), await favourites(alice, post), await alice.notified()
    await say_as_others_do(lem, alice, type="Like", id="https://b.example/activities/like/2", object=post["uri"])
    await fediverse.wait(minutes=1)

    assert down == ([("👎", 1, False)], (0, {"favourites": 0, "reblogs": 0}), [])
    assert (await reactions(alice, post), (await favourites(alice, post))[0]) == ([], 1)


async def test_what_others_think_of_others_is_counted(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A like and a boost that reach us are verified, of whom we know; nobody here is told, and nobody is fetched."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    for reader in (bob, carol):
        await reader.follow(alice)
    await bob.look_up(carol.handle)
    await fediverse.wait(minutes=1)
    post = await alice.say("Hello")
    await fediverse.wait(minutes=1)
    here = await bob.here(post)
    asked = len(fediverse.wire.asked)

    for number, type_ in enumerate(("Like", "Announce")):
        public = ["https://www.w3.org/ns/activitystreams#Public"]
        uri = f"https://c.example/{number}"
        await say_as_others_do(carol, bob, type=type_, id=uri, object=post["uri"], to=public)
    await fediverse.wait(minutes=1)

    assert (await favourites(bob, here))[1] == {"favourites": 1, "reblogs": 1}
    assert [one for one in await bob.notified() if one[0] != "follow"] == []
    assert {each.method for each in fediverse.wire.asked[asked:] if each.asker == "b.example"} == set()
