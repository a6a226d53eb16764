"""Custom emoji: listed for apps, and served as files that nobody can make more of."""

from smallfed.mastodon.entities import CustomEmoji, Status
from smallfed.runtime import files
from tests import world
from tests.mastodon.api import Api
from tests.mastodon.facts import say

NAME, STILL = f"{'a' * 32}.webp", f"{'b' * 32}.png"
BASE = "https://home.example/media/emojis/"


async def test_the_list(api: Api) -> None:
    """For everybody, by category; and what is written with one has its picture."""
    assert (await api.ask("GET", "/api/v1/custom_emojis", token="")).json() == []
    for shortcode, category in (("zebra", None), ("fox", "Animals"), ("Ant", "Animals")):
        await api.do(world.illustrate, shortcode, NAME, STILL, category=category)

    listed = await api.get("/api/v1/custom_emojis", list[CustomEmoji])
    said = await say(api, "A :fox: and a :Fox:", spoiler_text=":zebra:")
    edited = (await api.ask("PUT", f"/api/v1/statuses/{said.id}", form={"status": "An :Ant:"})).of(Status)

    assert [emoji.shortcode for emoji in listed] == ["zebra", "Ant", "fox"]
    assert listed[0] == CustomEmoji(
        shortcode="zebra", url=BASE + NAME, static_url=BASE + STILL, visible_in_picker=True, category=None
    )
    assert [emoji.shortcode for emoji in said.emojis] == ["fox", "zebra"]
    assert said.emojis[0] == CustomEmoji(shortcode="fox", url=BASE + NAME, static_url=BASE + STILL)
    assert [emoji.shortcode for emoji in edited.emojis] == ["Ant"]


async def test_the_files(api: Api) -> None:
    files.keep(api.parts.data / "media" / "emojis" / NAME, b"RIFF")

    found = await api.fetch(f"/media/emojis/{NAME}")
    absent = [await api.fetch(f"/media/emojis/{name}") for name in (STILL, "../../smallfed.db", "x.png")]

    assert (found.status, found.body) == (200, b"RIFF")
    assert {name: found.headers[name] for name in ("content-type", "cache-control", "content-security-policy")} == {
        "content-type": "image/webp",
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    assert found.headers["x-content-type-options"] == "nosniff"
    assert [each.status for each in absent] == [404] * 3
