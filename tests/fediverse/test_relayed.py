"""What relays bring: where it stands and where it does not, what it costs, and when it goes."""

from typing import Any

from trio.testing import MockClock

from smallfed.services import explaining
from smallfed.store import growth, refusals
from smallfed.store.refusals import Which
from tests.fediverse.houses import JSON, Fediverse, House
from tests.fediverse.relays import PUBLIC, ScriptedRelay, federated, joined, today
from tests.fediverse.villages import Village
from tests.imaging.samples import drawn, saved
from tests.listening import listening


async def test_the_bill_says_what_was_read_and_touched(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """And what nobody touched goes after a week, unlike what the owner liked or bookmarked."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    carol = far.person("carol")
    for number in range(1, 6):
        await relay.bring(alice, far.note(carol, number))
    await fediverse.wait(minutes=2)

    shown = await alice.get("/api/v1/timelines/public", remote="true", limit=4)
    first, second, third, _ = shown
    await alice.post(f"/api/v1/statuses/{first['id']}/favourite")
    await alice.post(f"/api/v1/statuses/{second['id']}/bookmark")
    await alice.say("indeed", in_reply_to_id=third["id"], visibility="private")
    await fediverse.wait(minutes=1)
    bill = await today(alice, relay)
    await fediverse.wait(days=9)

    assert {name: bill[name] for name in ("posts", "read", "liked", "bookmarked", "answered", "followed")} == {
        "posts": 5,
        "read": 4,
        "liked": 1,
        "bookmarked": 1,
        "answered": 1,
        "followed": 0,
    }
    left = {post["uri"] for post in await alice.get("/api/v1/timelines/public", remote="true")}
    assert left == {post["uri"] for post in (first, second, third)}


async def test_a_hashtag_that_is_followed_brings_it_home(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """It stands under its hashtag in any case; a second relay that brings it changes nothing."""
    (alice,) = await fediverse.houses("alice@home.example")
    relays = [ScriptedRelay(fediverse, f"{name}.example", "mastodon") for name in ("one", "two")]
    far = Village(fediverse.wire, "far.example")
    for relay in relays:
        await joined(fediverse, alice, relay)
    await alice.post("/api/v1/tags/cats/follow")
    tag = {"type": "Hashtag", "name": "#cats", "href": "https://far.example/tags/cats"}
    uri = far.note(far.person("carol"), 1, tag=[tag])

    for relay in relays:
        await relay.bring(alice, uri)
        await fediverse.wait(seconds=30)

    assert [post["uri"] for post in await alice.get("/api/v1/timelines/tag/cats")] == [uri]
    assert [post["uri"] for post in await alice.home()] == [uri]
    assert [(await today(alice, relay))["known"] for relay in relays] == [0, 1]
    assert far.asked["/notes/1"] == 1


def tagged(village: Village, number: int, **fields: Any) -> str:
    """Let somebody of a village post with the hashtag #cats and a picture; return the id."""
    name = f"person{number}"
    tag = {"type": "Hashtag", "name": "#cats", "href": f"https://{village.host}/tags/cats"}
    author = village.person(name)
    village.change(author, indexable=True)
    picture = {"type": "Document", "mediaType": "image/png", "url": f"https://{village.host}/{number}.png"}
    content = f"<p>whiskers of number {number} #cats</p>"
    return village.note(author, number, content=content, tag=[tag], attachment=[picture], **fields)


def uris(statuses: list[JSON]) -> list[str]:
    return sorted(status["uri"] for status in statuses)


async def test_where_it_stands(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """In the federated timeline, under its hashtag, in search, in trends and in their streams; nowhere else."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay = ScriptedRelay(fediverse, "relay.example", "mastodon")
    await joined(fediverse, alice, relay)
    assert alice.app is not None
    brought = sorted(tagged(Village(fediverse.wire, f"v{number}.example"), number) for number in range(4))

    async with listening(alice.app.front, token=alice._token) as ear:
        for stream in ("user", "public", "public:remote", "public:local", "public:remote:media"):
            await ear.subscribe(stream)
        await ear.subscribe("hashtag", tag="cats")
        for uri in brought:
            await relay.bring(alice, uri)
        await fediverse.wait(minutes=2)
        heard = await ear.events()
    await fediverse.wait(hours=1)

    shown = await alice.get("/api/v1/timelines/public")
    found = await alice.get("/api/v2/search", q="whiskers", type="statuses")
    trends = await alice.get("/api/v1/trends/tags")
    assert uris(shown) == brought
    assert uris(await alice.get("/api/v1/timelines/public", remote="true", only_media="true")) == brought
    assert uris(await alice.get("/api/v1/timelines/tag/cats")) == brought
    assert uris(found["statuses"]) == brought
    assert [(tag["name"], tag["history"][0]["accounts"]) for tag in trends] == [("cats", "4")]
    each = [("public",), ("public:remote",), ("public:remote:media",), ("hashtag", "cats")]
    assert sorted(heard) == sorted((",".join(stream), "update", post["id"]) for post in shown for stream in each)
    assert [post["reblog"] for post in shown] == [None] * 4
    assert await alice.get("/api/v1/timelines/public", local="true") == []
    assert (await alice.home(), await alice.notified()) == ([], [])
    assert await alice.get("/api/v1/conversations") == []


async def test_why_it_is_here(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """Posts, their pictures, and the faces of who wrote them count as brought by a relay."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    uri = tagged(far, 1)
    far.change("https://far.example/users/person1", icon={"type": "Image", "url": "https://far.example/face.png"})
    far.images |= {f"/{name}.png": saved(drawn(), "PNG") for name in ("1", "face")}

    await relay.bring(alice, uri)
    await fediverse.wait(minutes=1)
    (post,) = await alice.get("/api/v1/timelines/public")
    for url in (post["media_attachments"][0]["url"], post["account"]["avatar"]):
        assert (await alice.look(url)).status == 200
    await fediverse.wait(hours=1)

    assert alice.app is not None
    came = await alice.app.parts.db.read(growth.by_cause, 0, 1 << 30)
    assert [(line.key, line.posts, line.files) for line in came] == [("relay", 1, 2)]


async def test_the_ledger_lets_it_in_after_all(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """A word keeps two posts out; one is let in, and stands where the relay would have put it."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    await alice.command("rules.add", family="keyword", match="whiskers", action="reject")
    for number in (1, 2):
        await relay.bring(alice, tagged(far, number))
    await fediverse.wait(minutes=1)
    refused = await today(alice, relay)
    before = await federated(alice)

    lines = await alice.app.parts.db.read(refusals.newest, Which(), limit=9)  # type: ignore[union-attr]
    (wanted,) = [line for line in lines if line.object == "https://far.example/notes/1"]
    await alice.command("ledger.release", number=wanted.id)
    await fediverse.wait(minutes=1)
    after = [post["uri"] for post in await alice.get("/api/v1/timelines/public")]

    assert (before, refused["posts"], len(lines)) == ([], 0, 2)
    assert after == ["https://far.example/notes/1"]
    assert (await alice.home(), await alice.notified()) == ([], [])


async def why(house: House, about: str) -> list[str]:
    assert house.app is not None
    return [each.why for each in await house.app.parts.db.read(explaining.why, about) if each.what == "relay"]


async def test_why_it_never_came(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """By whichever address somebody asks: what a relay brought was turned away, at once or where it was read."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    await alice.command("relays.filters", relay="relay.example", filters={"languages": ["de"], "no_bots": True})
    carol = far.person("carol")
    uri = far.note(carol, 1, url="https://far.example/@carol/1", contentMap={"en": "<p>far.example 1</p>"})
    announced = far.note(carol, 2, contentMap={"fr": "<p>far.example 2</p>"})
    create = {"id": f"{uri}/activity", "type": "Create", "actor": carol, "object": far.pages["/notes/1"][1]}

    await relay.bring(alice, create | {"to": [PUBLIC]})
    await relay.bring(alice, announced)
    await relay.bring(alice, "https://far.example/notes/3")
    await fediverse.wait(minutes=1)

    brought = f"{relay.inbox} brought"
    foreign = "which was turned away: filter: is in another language"
    assert await why(alice, uri) == [f"{brought} {uri}, {foreign}"]
    assert await why(alice, "https://far.example/@carol/1") == [f"{brought} {uri}, {foreign}"]
    assert await why(alice, announced) == [f"{brought} {announced}, {foreign}"]
    assert await why(alice, "https://far.example/notes/3") == [
        f"{brought} https://far.example/notes/3, which was turned away: is not at its origin"
    ]
    assert sorted(await why(alice, carol)) == [f"{brought} {each}, {foreign}" for each in (uri, announced)]
    assert await why(alice, "https://far.example/notes/4") == []


async def test_why_it_never_came_is_not_always_known(fediverse: Fediverse, autojump_clock: MockClock) -> None:
    """What is beyond the caps is not looked at: then it is said that it may have been among that."""
    (alice,) = await fediverse.houses("alice@home.example")
    relay, far = ScriptedRelay(fediverse, "relay.example", "mastodon"), Village(fediverse.wire, "far.example")
    await joined(fediverse, alice, relay)
    await alice.command("relays.filters", relay="relay.example", filters={"no_bots": True})
    robot = far.person("robot")
    far.change(robot, type="Service")
    uris = [far.note(robot, number) for number in range(4)]

    await relay.bring(alice, uris[0])
    await fediverse.wait(minutes=1)
    await alice.command("relays.caps", relay="relay.example", caps={"bytes": 10})
    for uri in uris[1:]:
        await relay.bring(alice, uri)
    await fediverse.wait(minutes=1)

    (known,), (unknown,) = await why(alice, uris[0]), await why(alice, uris[1])
    assert known == f"{relay.inbox} brought {uris[0]}, which was turned away: filter: is by a machine"
    assert unknown.startswith(
        f"of 3 things that {relay.inbox} brought in a month and were turned away only the reasons"
    )
    assert "those of 1 since 2026-" in unknown
    assert unknown.endswith("it may be one of them")
    await alice.command("relays.remove", relay="relay.example")
    assert await why(alice, uris[0]) == []
