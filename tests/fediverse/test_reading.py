"""Reading: filters, followed hashtags and conversations, with others who post, answer, edit and delete."""

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House, plain


async def matches(house: House, text: str) -> list[list[str]]:
    """Return the words by which filters match the post in home that says ``text``."""
    post = next(post for post in await house.home() if plain(post) == text)
    return [result["keyword_matches"] for result in post["filtered"]]


async def test_filters_follow_what_others_do(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await alice.follow(bob)
    await alice.follow(carol)
    await carol.follow(bob)
    await fediverse.wait(minutes=1)
    made = await alice.post(
        "/api/v2/filters",
        title="Eight legs",
        context=["home"],
        filter_action="hide",
        expires_in=7200,
        keywords_attributes=[{"keyword": "spider", "whole_word": True}],
    )

    post = await bob.say("A spider!")
    await fediverse.wait(minutes=1)
    there = await carol.here(post)
    await carol.post(f"/api/v1/statuses/{there['id']}/reblog")
    await fediverse.wait(minutes=1)
    heard = await matches(alice, "A spider!")
    boosts = [each["filtered"][0]["filter"]["id"] for each in await alice.home() if each["reblog"]]
    await bob.edit(post, "A spiderling!")
    await fediverse.wait(minutes=1)
    edited = await matches(alice, "A spiderling!")
    await bob.edit(post, "Spider, again")
    await fediverse.wait(minutes=1)
    again = await matches(alice, "Spider, again")
    await fediverse.wait(hours=2)

    assert (heard, boosts, edited, again) == ([["spider"]], [made["id"]], [], [["Spider"]])
    assert await matches(alice, "Spider, again") == []


async def authors(house: House) -> list[str]:
    """Return whose posts are in home that are no boosts."""
    return [post["account"]["acct"] for post in await house.home() if post["reblog"] is None]


async def test_followed_hashtags_bring_what_is_shown_around(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Alice does not follow Bob. Carol's boost brings his post here, and the hashtag brings it home, until it goes."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await alice.follow(carol)
    await carol.follow(bob)
    await fediverse.wait(minutes=1)
    await alice.post("/api/v1/tags/Gardening/follow")

    post = await bob.say("My #gardening")
    await fediverse.wait(minutes=1)
    unseen = await authors(alice)
    there = await carol.here(post)
    await carol.post(f"/api/v1/statuses/{there['id']}/reblog")
    await fediverse.wait(minutes=5)
    seen = await authors(alice)
    await alice.post("/api/v1/tags/gardening/unfollow")

    assert (unseen, seen, await authors(alice)) == ([], ["bob@b.example"], [])


async def conversations(house: House) -> list[tuple[list[str], str, bool]]:
    """Return (people, last words, unread) of conversations as an app lists them."""
    return [
        (
            sorted(account["acct"] for account in one["accounts"]),
            plain(one["last_status"]).split()[-1],
            one["unread"],
        )
        for one in await house.get("/api/v1/conversations")
    ]


async def last(house: House) -> str:
    """Return the id of the last post of the first conversation."""
    id_: str = (await house.get("/api/v1/conversations"))[0]["last_status"]["id"]
    return id_


async def test_a_conversation(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Both have it as it is for them; a third makes another, and what is deleted is the last word no more."""
    alice, bob, carol = await fediverse.houses("alice@a.example", "bob@b.example", "carol@c.example")
    await alice.say("@bob@b.example hello", visibility="direct")
    await fediverse.wait(minutes=1)
    begun = (await conversations(alice), await conversations(bob))
    answer = await bob.say("@alice@a.example hey", visibility="direct", in_reply_to_id=await last(bob))
    await fediverse.wait(minutes=1)
    answered = (await conversations(alice), await conversations(bob))
    three = await alice.say(
        "@bob@b.example @carol@c.example all", visibility="direct", in_reply_to_id=await last(alice)
    )
    await fediverse.wait(minutes=1)
    joined = await conversations(carol)
    await alice.delete(three)
    await bob.delete(answer)
    await fediverse.wait(minutes=1)

    assert begun == ([(["bob@b.example"], "hello", False)], [(["alice@a.example"], "hello", True)])
    assert answered == ([(["bob@b.example"], "hey", True)], [(["alice@a.example"], "hey", False)])
    assert joined == [(["alice@a.example", "bob@b.example"], "all", True)]
    assert await conversations(alice) == [(["bob@b.example"], "hello", True)]
    assert await conversations(carol) == []
