"""Custom emoji: what the owner writes and thinks is shown elsewhere as here."""

import json

from trio.testing import MockClock

from smallfed.control import calls
from smallfed.protocol.vocabulary import ACCEPT
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.wire import call


async def add(house: House, name: str, picture: str = "1.webp") -> str:
    """Add an emoji as the command does, and return its address."""
    assert house.app is not None
    still = picture.replace("webp", "png")
    added = await house.app.parts.db.write(
        calls.add_emoji, shortcode=name, picture=picture, still=still, category="Cats"
    )
    return str(added["url"])


async def test_an_emoji_goes_round(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """In a post, its warning, the name of its author and a reaction; a new picture goes along with the profile."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await alice.follow(bob)
    url = await add(alice, "blob")
    await alice.ask("PATCH", "/api/v1/accounts/update_credentials", display_name="Alice :blob:")
    await fediverse.wait(minutes=1)
    post, theirs = await alice.say("Hello :blob: :none:", spoiler_text="On :blob:"), await bob.say("Hi")
    await fediverse.wait(minutes=1)

    await alice.post(f"/api/v1/statuses/{(await alice.here(theirs))['id']}/react/blob")
    await fediverse.wait(minutes=1)
    here = await bob.here(post)
    reacted = await bob.get(f"/api/v1/statuses/{theirs['id']}")
    drawn = await add(alice, "blob", "2.webp")
    await fediverse.wait(minutes=1)
    again = await bob.here(post)

    assert [(each["shortcode"], each["url"]) for each in post["emojis"]] == [("blob", url)]
    assert post["emojis"][0]["static_url"] == url.replace("webp", "png")
    assert [(each["shortcode"], each["url"]) for each in here["emojis"]] == [("blob", url)]
    assert [(each["shortcode"], each["url"]) for each in here["account"]["emojis"]] == [("blob", url)]
    assert reacted["emoji_reactions"] == [
        {"name": "blob@a.example", "count": 1, "me": False, "url": url, "static_url": url}
    ]
    assert [each["url"] for each in again["account"]["emojis"]] == [drawn]
    assert [each["url"] for each in again["emojis"]] == [url]


async def test_an_emoji_is_found_by_its_id(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What others can ask for (FEP-9098); what is not there is not; a removed one is gone."""
    alice = await fediverse.house("alice@a.example")
    url = await add(alice, "blob")
    assert alice.app is not None
    front = alice.app.front
    headers = [(b"host", b"a.example"), (b"accept", ACCEPT.encode())]

    found = await call(front, "GET", "/emojis/blob", headers, b"")
    absent = await call(front, "GET", "/emojis/none", headers, b"")
    listed = await alice.get("/api/v1/custom_emojis")
    await alice.app.parts.db.write(calls.remove_emoji, shortcode="blob")
    gone = await call(front, "GET", "/emojis/blob", headers, b"")

    assert (found.status, found.header("content-type")) == (200, "application/activity+json; charset=utf-8")
    document = json.loads(found.body)
    assert document == {
        "@context": document["@context"],
        "id": "https://a.example/emojis/blob",
        "type": "Emoji",
        "name": ":blob:",
        "updated": document["updated"],
        "icon": {"type": "Image", "mediaType": "image/webp", "url": url},
    }
    assert (absent.status, gone.status) == (404, 404)
    assert listed == [
        {
            "shortcode": "blob",
            "url": url,
            "static_url": url.replace("webp", "png"),
            "visible_in_picker": True,
            "category": "Cats",
        }
    ]
