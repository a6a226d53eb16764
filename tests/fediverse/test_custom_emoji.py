"""Custom emoji: what the owner writes and thinks is shown elsewhere as here."""

import json
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from trio.testing import MockClock

from smallfed.control import calls
from smallfed.errors import Invalid, NotFound
from smallfed.protocol.vocabulary import ACCEPT
from smallfed.store import emojis
from smallfed.workers import illustrating
from tests import world
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.villages import Village


async def add(house: House, name: str, picture: str = "1.webp") -> str:
    """Add an emoji as the command does, and return its address."""
    assert house.app is not None
    still = picture.replace("webp", "png")
    return (await house.app.parts.db.write(world.illustrate, name, picture, still, category="Cats")).url


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
    there, still = bob.emoji(url)
    assert [(each["shortcode"], each["url"]) for each in here["emojis"]] == [("blob", there)]
    assert [(each["shortcode"], each["url"]) for each in here["account"]["emojis"]] == [("blob", there)]
    assert reacted["emoji_reactions"] == [
        {"name": "blob@a.example", "count": 1, "me": False, "url": there, "static_url": still}
    ]
    assert [each["url"] for each in again["account"]["emojis"]] == [bob.emoji(drawn)[0]]
    assert [each["url"] for each in again["emojis"]] == [there]


async def test_an_emoji_is_found_by_its_id(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What others can ask for (FEP-9098); what is not there is not; a removed one is gone."""
    alice = await fediverse.house("alice@a.example")
    url = await add(alice, "blob")
    assert alice.app is not None

    found = await alice.visit("/emojis/blob", ACCEPT)
    absent = await alice.visit("/emojis/none", ACCEPT)
    listed = await alice.get("/api/v1/custom_emojis")
    await alice.app.parts.db.write(calls.remove_emojis, shortcodes=["blob"])
    gone = await alice.visit("/emojis/blob", ACCEPT)

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


async def draw(house: House, name: str, colour: tuple[int, int, int], **fields: str) -> bytes:
    """Add an emoji with a picture as the command does, and return the picture."""
    assert house.app is not None
    written = BytesIO()
    Image.new("RGB", (8, 8), colour).save(written, "PNG")
    (made,) = await illustrating.draw(house.app.parts.aside, house.config.data, [written.getvalue()])
    assert isinstance(made, illustrating.Drawn)
    await house.app.parts.db.write(world.illustrate, name, made.picture, made.still, **fields)
    return (house.config.data / illustrating.PLACE / made.picture).read_bytes()


async def test_a_picture_that_was_purged_is_not_copied(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    blob = await draw(alice, "blob", (200, 0, 0))
    await bob.command("purge.begin", named=sha256(blob).hexdigest())
    await fediverse.wait(minutes=1)

    offers = await bob.command("emoji.offers", host="a.example")
    wanted = [{name: value for name, value in offer.items() if name != "taken"} for offer in offers]
    copied = await bob.command("emoji.copy", offers=wanted, overwrite=False, consented=True)

    assert copied == [{"shortcode": "blob", "outcome": "refused", "reason": "You have purged it here."}]
    assert await bob.get("/api/v1/custom_emojis") == []


async def test_emoji_are_copied_when_the_owner_says_so(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What another server lists is shown first; then it is ours, with a file of ours and a note of where it was."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    blob = await draw(alice, "blob", (200, 0, 0), category="Cats")
    await draw(alice, "fox", (0, 200, 0))
    await draw(bob, "fox", (0, 0, 200))

    offers = await bob.command("emoji.offers", host="a.example")
    with pytest.raises(Invalid):
        await bob.command("emoji.copy", offers=offers, overwrite=False, consented=False)
    before = [each["shortcode"] for each in await bob.get("/api/v1/custom_emojis")]
    wanted = [{name: value for name, value in offer.items() if name != "taken"} for offer in offers]
    copied = await bob.command("emoji.copy", offers=wanted, overwrite=False, consented=True)
    here = (await bob.get("/api/v1/custom_emojis"))[-1]
    again = await bob.command("emoji.copy", offers=wanted, overwrite=False, consented=True)

    assert [(offer["shortcode"], offer["category"], offer["taken"]) for offer in offers] == [
        ("blob", "Cats", False),
        ("fox", None, True),
    ]
    assert before == ["fox"]
    assert [(each["shortcode"], each["outcome"]) for each in copied] == [("blob", "added"), ("fox", "kept")]
    assert (here["shortcode"], here["category"], here["url"].startswith("https://b.example/media/emojis/")) == (
        "blob",
        "Cats",
        True,
    )
    assert bob.app is not None
    assert (bob.config.data / illustrating.PLACE / here["url"].rpartition("/")[2]).read_bytes() == blob
    known = await bob.app.parts.db.read(emojis.find, "blob")
    assert known is not None
    assert known.origin == offers[0]["url"]
    assert [each["outcome"] for each in again] == ["kept", "kept"]


async def test_one_emoji_by_its_name_or_address(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """By an object, by a picture, by the name of one that is only known from a profile; Misskey tells the licence."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await draw(alice, "blob", (200, 0, 0))
    url = (await alice.get("/api/v1/custom_emojis"))[0]["url"]
    misskey, quiet = Village(fediverse.wire, "m.example"), Village(fediverse.wire, "q.example")
    misskey.pages["/api/emojis"] = ("application/json", {"emojis": [{"name": "cat", "url": "https://m.example/c.png"}]})
    misskey.pages["/api/emoji?name=cat"] = ("application/json", {"license": "CC0"})
    fox = {"type": "Emoji", "name": ":fox:", "icon": {"type": "Image", "url": "https://q.example/fox.png"}}
    quiet.person("zoe")
    quiet.pages["/users/zoe"][1]["tag"] = [fox]
    await bob.look_up("zoe@q.example")

    by_object = await bob.command("emoji.offers", url="https://a.example/emojis/blob")
    by_picture = await bob.command("emoji.offers", url=url, alias="another")
    by_name = await bob.command("emoji.offers", host="m.example", names=["cat"])
    by_profile = await bob.command("emoji.offers", host="q.example", names=["fox"])

    assert [(each["shortcode"], each["url"]) for each in by_object + by_picture] == [("blob", url), ("another", url)]
    assert by_name == [
        {"shortcode": "cat", "url": "https://m.example/c.png", "category": None, "license": "CC0", "taken": False}
    ]
    assert [(each["shortcode"], each["url"]) for each in by_profile] == [("fox", "https://q.example/fox.png")]
    for wrong in ({"host": "m.example", "names": ["dog"]}, {"host": "q.example"}, {"url": "https://m.example/none"}):
        with pytest.raises(NotFound):
            await bob.command("emoji.offers", **wrong)
