"""Something that must not be here goes for good, out of every table and file; whatever brings it again is refused."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.test_pictures import upload
from tests.imaging.samples import drawn, saved

SECRET = "Xylophagous"
EDITED = "Quetzalcoatlus"


def holding(house: House, *words: bytes) -> list[tuple[str, bytes]]:
    """Return (file, word) of every file of a house that has one of the words, or is one."""
    found = []
    for path in sorted(house.config.data.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [(path.name, word) for word in words if word in data or word == data]
    return found


async def purge(house: House, fediverse: Fediverse, named: str) -> tuple[Any, ...]:
    """Purge and return (kind, posts, files, whether it has ended)."""
    (number,) = (await house.command("purge.begin", named=named, reason="law")).values()
    await fediverse.wait(minutes=1)
    with sqlite3.connect(house.config.data / "smallfed.db") as sql:
        row = sql.execute("SELECT kind, posts, files, ended_at IS NOT NULL FROM purges WHERE id = ?", (number,))
        return tuple(row.fetchone())


async def test_a_post_goes_for_good(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """With its versions and pictures; neither its author nor others, nor another address, bring it back."""
    alice, bob, cem = await fediverse.houses("alice@a.example", "bob@b.example", "cem@c.example")
    for one, other in ((bob, alice), (bob, cem), (cem, alice)):
        await one.follow(other)
    await fediverse.wait(minutes=1)
    hill = await upload(alice, saved(drawn(1200, 900), "JPEG"))
    post = await alice.say(f"{SECRET} #stones", media_ids=[hill["id"]])
    await fediverse.wait(minutes=5)
    await alice.edit(post, EDITED)
    await fediverse.wait(minutes=5)
    here = await bob.here(post)
    history = await bob.get(f"/api/v1/statuses/{here['id']}/history")
    (earlier,) = history[0]["media_attachments"]
    large, small = await bob.look(earlier["url"]), await bob.look(earlier["preview_url"])
    await bob.post(f"/api/v1/statuses/{here['id']}/bookmark")
    await bob.post(f"/api/v1/statuses/{here['id']}/favourite")
    await fediverse.wait(minutes=5)
    uri = post["uri"].encode()
    words = (
        uri,
        uri.replace(b"/", b"\\/"),
        SECRET.lower().encode(),
        SECRET.encode(),
        EDITED.encode(),
        large.body,
        small.body,
    )
    before = holding(bob, *words)

    went = await purge(bob, fediverse, here["url"])

    assert large.status == small.status == 200
    assert {word for _, word in before} >= {uri, SECRET.encode(), EDITED.encode(), large.body, small.body}
    assert went == ("post", 1, 2, 1)
    assert holding(bob, *words) == []

    # Nobody brings it back.
    await alice.edit(post, f"{SECRET} again")
    elsewhere = await cem.here(post)
    await cem.post(f"/api/v1/statuses/{elsewhere['id']}/reblog")
    await fediverse.wait(minutes=5)
    found = await bob.get("/api/v2/search", q=post["url"], resolve="true")
    assert (found["statuses"], holding(bob, uri, SECRET.encode(), SECRET.lower().encode())) == ([], [])

    # The same picture in another post: the post comes, and the picture does not.
    again = await upload(alice, saved(drawn(1200, 900), "JPEG"), description=SECRET)
    other = await alice.say("Something else", media_ids=[again["id"]])
    await fediverse.wait(minutes=5)
    (shown,) = (await bob.here(other))["media_attachments"]
    refused = [await bob.look(url) for url in (shown["url"], shown["preview_url"])]
    assert [each.status for each in refused] == [404, 404]
    assert not any(b"purge" in each.body for each in refused)  # which is nobody else's business
    assert holding(bob, large.body, small.body) == []

    # Since then the post is here as if it had come without, and stays so.
    left = await bob.here(other)
    await alice.edit(other, "Something else again")
    await fediverse.wait(minutes=5)
    edited = await bob.here(other)
    versions = await bob.get(f"/api/v1/statuses/{edited['id']}/history")
    assert (left["media_attachments"], left["edited_at"]) == ([], None)
    assert (edited["media_attachments"], edited["edited_at"] is None) == ([], False)
    assert [version["media_attachments"] for version in versions] == [[], []]


async def test_a_file_goes_from_what_shows_it(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Its post stays and says nothing of it; what shows it at another address does so until it is looked at."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    one, two = [await upload(alice, saved(drawn(1200, 900), "JPEG"), description=SECRET) for _ in range(2)]
    first = await alice.say("One", media_ids=[one["id"]])
    second = await alice.say("Two", media_ids=[two["id"]])
    await fediverse.wait(minutes=5)
    (shown,) = (await bob.here(first))["media_attachments"]
    picture = (await bob.look(shown["url"])).body

    went = await purge(bob, fediverse, shown["remote_url"])

    (again,) = (await bob.here(second))["media_attachments"]
    status = (await bob.look(again["preview_url"])).status
    left = [(post["media_attachments"], post["edited_at"]) for post in [await bob.here(first), await bob.here(second)]]
    assert (went, status, left) == (("file", 0, 1, 1), 404, [([], None), ([], None)])
    assert await bob.notified("update") == []
    bob.app.parts.db.empty_log()  # type: ignore[union-attr]
    assert holding(bob, picture) == []


async def test_somebody_goes_for_good(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """With everything they wrote; whom others boost or answer does not come back either."""
    alice, bob, cem = await fediverse.houses("alice@a.example", "bob@b.example", "cem@c.example")
    for one, other in ((bob, alice), (alice, bob), (bob, cem), (cem, alice)):
        await one.follow(other)
    await fediverse.wait(minutes=1)
    first = await alice.say(SECRET)
    for number in range(25):
        await alice.say(f"{EDITED} {number}")
    await alice.say(f"@bob@b.example {SECRET}", visibility="direct")
    await fediverse.wait(minutes=10)

    went = await purge(bob, fediverse, "@alice@a.example")
    await fediverse.wait(minutes=5)

    assert went == ("actor", 27, 0, 1)
    assert await bob.home() == []
    assert await bob.get("/api/v1/notifications") == []
    assert await bob.get("/api/v1/conversations") == []
    relation = await alice.relation(bob)
    assert (relation["following"], relation["followed_by"]) == (False, False)
    assert holding(bob, SECRET.encode(), EDITED.encode(), b"a.example/users/alice/notes", SECRET.lower().encode()) == []

    elsewhere = await cem.here(first)
    await cem.post(f"/api/v1/statuses/{elsewhere['id']}/reblog")
    await alice.say(f"@bob@b.example {SECRET}")
    await fediverse.wait(minutes=5)
    found = await bob.get("/api/v2/search", q="@alice@a.example", resolve="true")
    assert (found["accounts"], await bob.home(), await bob.get("/api/v1/notifications")) == ([], [], [])
    assert holding(bob, SECRET.encode(), SECRET.lower().encode()) == []


async def test_nothing_is_kept_of_whom_a_handle_names(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Who was never met here when they were purged; what they send is not even kept as it came."""
    alice, bob, cem = await fediverse.houses("alice@a.example", "bob@b.example", "cem@c.example")
    for one, other in ((bob, cem), (cem, alice)):
        await one.follow(other)
    await fediverse.wait(minutes=1)

    went = await purge(bob, fediverse, "@alice@a.example")
    post = await alice.say(f"@bob@b.example {SECRET}")
    await fediverse.wait(minutes=5)
    elsewhere = await cem.here(post)
    await cem.post(f"/api/v1/statuses/{elsewhere['id']}/reblog")
    await fediverse.wait(hours=1)

    assert bob.app is not None
    bob.app.parts.db.empty_log()
    await fediverse.wait(minutes=1)

    assert (went[:2], await bob.home(), await bob.get("/api/v1/notifications")) == (("actor", 0), [], [])
    assert holding(bob, SECRET.encode(), SECRET.lower().encode()) == []


async def test_ones_own_post_goes_everywhere(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """It is deleted as usual, its files at once, and the owner is told who uploads them again."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    picture = saved(drawn(300, 200), "PNG")
    hill = await upload(alice, picture)
    post = await alice.say(SECRET, media_ids=[hill["id"]])
    await fediverse.wait(minutes=5)
    came = await bob.read()
    shown = await alice.look(hill["url"])

    went = await purge(alice, fediverse, post["url"])
    await fediverse.wait(minutes=5)

    assert (len(came), await bob.read(), went[:2]) == (1, [], ("post", 1))
    assert holding(alice, SECRET.encode(), SECRET.lower().encode(), shown.body) == []
    with pytest.raises(AssertionError, match="You have purged this file here"):
        await upload(alice, picture)


async def test_a_restart_goes_on(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """Whatever instruction it is killed at."""
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)
    for number in range(45):
        await alice.say(f"{SECRET} {number}")
    await fediverse.wait(minutes=10)

    await bob.command("purge.begin", named="@alice@a.example")
    while len(await bob.home()) == 40:
        await fediverse.wait(seconds=0.01)
    await bob.kill()
    left = holding(bob, SECRET.encode())
    await bob.begin()
    await fediverse.wait(minutes=1)

    assert left
    assert holding(bob, SECRET.encode(), SECRET.lower().encode(), b"users/alice/notes") == []


def test_nothing_is_hidden_from_the_look(tmp_path: Path) -> None:
    """What these stories look for is seen where it is."""
    house = House("x@x.example", tmp_path, None, None)  # type: ignore[arg-type]
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a").write_bytes(b"picture")
    (tmp_path / "smallfed.db").write_bytes(b"...word...")

    assert holding(house, b"word", b"picture", b"other") == [("a", b"picture"), ("smallfed.db", b"word")]
