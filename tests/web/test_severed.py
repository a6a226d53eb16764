"""The owner sees which follows blocks of servers have come between."""

from smallfed.services import blocking, moderating
from smallfed.store import accounts, severances
from smallfed.store.paging import Page
from tests.pages.place import Place
from tests.world import acquaint, befriend


async def test_what_is_frozen_final_and_restored(place: Place) -> None:
    """With files that Mastodon could read; strangers are sent to the login."""
    owner, stranger, db = await place.owner(), place.browser(), place.parts.db
    nothing = await owner.get("/severed_relationships")
    alice = await db.read(accounts.owner)
    bob = await db.write(acquaint, "bob@bad.example")
    await db.write(befriend, alice, bob, notify=True, languages=("de",))
    await db.write(befriend, bob, alice)
    await db.write(blocking.block_domain, "bad.example")

    frozen = await owner.get("/severed_relationships")
    (event,) = await db.read(severances.newest, Page())
    following = await owner.get(f"/severed_relationships/{event.id}/following.csv")
    followers = await owner.get(f"/severed_relationships/{event.id}/followers.csv")
    await db.write(moderating.finish, "bad.example")
    final = await owner.get("/severed_relationships")

    assert "No block of a server" in nothing.text
    for words in ("bad.example", "frozen, nobody there", "1 person you followed", "1 follower<"):
        assert words in frozen.text
    assert following.text.replace("\r", "") == (
        "Account address,Show boosts,Notify on new posts,Languages\nbob@bad.example,true,true,de\n"
    )
    assert followers.text.replace("\r", "") == "Account address\nbob@bad.example\n"
    assert "final, those there have been told" in final.text
    for path in ("", f"/{event.id}/following.csv"):
        away = await stranger.get(f"/severed_relationships{path}")
        assert (away.status, away.headers["location"]) == (303, "/login?next=/severed_relationships")
    assert (await owner.get("/severed_relationships/1/followers.csv")).status == 404
