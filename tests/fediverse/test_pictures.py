"""Pictures go round: with their descriptions, in their order, as edits change them, and from their own server."""

import json
from typing import Any

from trio.testing import MockClock

from smallfed.store import discards, media
from tests.fediverse.houses import Fediverse, House
from tests.fediverse.wire import call
from tests.imaging.samples import drawn, saved


async def upload(house: House, data: bytes, **said: str) -> dict[str, Any]:
    """Upload a picture as the owner's app."""
    assert house.app is not None
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in said.items()]
    body = (
        "".join(parts).encode()
        + b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        + data
        + b"\r\n--x--\r\n"
    )
    headers = [
        (b"host", house.name.encode()),
        (b"authorization", f"Bearer token of {house.handle}".encode()),
        (b"content-type", b"multipart/form-data; boundary=x"),
        (b"content-length", b"%d" % len(body)),
    ]
    answer = await call(house.app.front, "POST", "/api/v2/media", headers, body)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def test_pictures_reach_followers_and_edits_too(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    hill = await upload(alice, saved(drawn(1200, 900), "JPEG"), description="A hill", focus="0.5,-0.5")
    lake = await upload(alice, saved(drawn(), "PNG"))

    post = await alice.say("", media_ids=[hill["id"], lake["id"]], sensitive=True)
    await fediverse.wait(minutes=5)
    seen = await bob.here(post)
    await alice._call(
        "PUT",
        f"/api/v1/statuses/{post['id']}",
        status="A lake",
        media_ids=[lake["id"]],
        media_attributes=[{"id": lake["id"], "description": "A lake"}],
    )
    await fediverse.wait(minutes=5)
    changed = await bob.here(post)
    history = await bob.get(f"/api/v1/statuses/{changed['id']}/history")

    def told(status: dict[str, Any]) -> list[tuple[Any, ...]]:
        names = ("type", "description", "blurhash")
        return [tuple(each[name] for name in names) for each in status["media_attachments"]]

    assert (seen["sensitive"], seen["content"]) == (True, "")
    assert told(seen) == told(post)
    assert seen["media_attachments"][0]["meta"]["original"] == hill["meta"]["original"]
    assert seen["media_attachments"][0]["meta"]["focus"] == {"x": 0.5, "y": -0.5}
    assert [each["description"] for each in changed["media_attachments"]] == ["A lake"]
    assert [len(version["media_attachments"]) for version in history] == [2, 1]
    assert [each["remote_url"] for each in seen["media_attachments"]] == [hill["url"], lake["url"]]


async def test_a_picture_is_loaded_through_ones_own_server(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Once, also that of an earlier version; and it is there when its server is not."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    hill = await upload(alice, saved(drawn(1200, 900), "JPEG"), description="A hill")
    post = await alice.say("A hill", media_ids=[hill["id"]])
    await fediverse.wait(minutes=5)
    (shown,) = (await bob.here(post))["media_attachments"]

    first = [await bob.look(shown["url"]) for _ in range(3)]
    await alice._call("PUT", f"/api/v1/statuses/{post['id']}", status="No hill")
    await fediverse.wait(minutes=5)
    history = await bob.get(f"/api/v1/statuses/{(await bob.here(post))['id']}/history")
    await alice.end()
    before = await bob.look(history[0]["media_attachments"][0]["url"])
    small = await bob.look(history[0]["media_attachments"][0]["preview_url"])
    gone = await bob.look(shown["url"])

    path = hill["url"].removeprefix("https://a.example")
    asked = [each for each in fediverse.wire.asked if each.path == path]
    assert [(each.asker, each.status) for each in asked] == [("b.example", 200)]
    assert {answer.status for answer in [*first, before, small]} == {200}
    assert {answer.body for answer in [*first, before]} == {first[0].body}
    assert len(small.body) < len(before.body)
    assert gone.status == 404  # nothing shows it any more under this address


async def test_what_nobody_took_goes_by_the_clock_and_drafts_keep_theirs(
    autojump_clock: MockClock, fediverse: Fediverse
) -> None:
    (alice,) = await fediverse.houses("alice@a.example")
    unused, drafted = [await upload(alice, saved(drawn(), "PNG")) for _ in range(2)]
    draft = await alice.say("One day", media_ids=[drafted["id"]], draft="true")

    await fediverse.wait(days=3)
    gone, _ = await alice.ask("GET", f"/api/v1/media/{unused['id']}")
    kept = await alice.get(f"/api/v1/scheduled_statuses/{draft['id']}")
    await alice._call("PUT", f"/api/v1/scheduled_statuses/{draft['id']}", draft="false")
    await fediverse.wait(minutes=1)
    (published,) = await alice.home()

    assert draft["media_attachments"] == kept["media_attachments"] == published["media_attachments"] == [drafted]
    assert draft["params"]["media_ids"] == [drafted["id"]]
    assert gone == 404
    assert alice.app is not None
    assert await alice.app.parts.db.read(discards.all_) == []
    left = [path.name for path in (alice.config.data / "media" / "files").iterdir()]
    assert sorted(left) == sorted(await alice.app.parts.db.read(media.files))


async def test_an_upload_waits_for_the_next_start(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What was taken in is read after a crash, and what nobody knew of is gone."""
    (alice,) = await fediverse.houses("alice@a.example")
    picture = await upload(alice, saved(drawn(), "PNG"))
    assert alice.app is not None
    incoming = alice.config.data / "media" / "incoming"
    (incoming / "came").write_bytes(saved(drawn(90, 60), "PNG"))
    (incoming / ".begun").write_bytes(b"half")
    (incoming / "stray").write_bytes(b"nobody knows")
    number = int(picture["id"])
    await alice.app.parts.db.write(lambda tx: media.change(tx, number, state="waiting", source="came", file=None))

    await alice.kill()
    await alice.begin()
    await fediverse.wait(seconds=5)
    again = await alice.get(f"/api/v1/media/{picture['id']}")

    assert (again["meta"]["original"]["size"], again["url"]) == ("90x60", "https://a.example/media/files/came.png")
    assert list(incoming.iterdir()) == []
