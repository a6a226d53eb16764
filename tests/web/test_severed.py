"""The owner sees which follows blocks of servers have come between."""

from smallfed.services import blocking, moderating
from smallfed.store import accounts, domain_blocks, severances
from smallfed.store.paging import Page
from smallfed.store.tx import Tx
from smallfed.web import severed
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
    (block,) = await db.read(domain_blocks.newest, Page())
    await db.write(moderating.lift, block.id)
    lifted = await owner.get("/severed_relationships")

    assert "No block of a server" in nothing.text
    lifts = f'<a href="/blocks/{block.id}">bad.example</a>'
    for words in (lifts, "frozen, nobody there", "1 person you followed", "1 follower<"):
        assert words in frozen.text
    assert (lifts in lifted.text, "<h2>bad.example</h2>" in lifted.text) == (False, True)
    assert following.text.replace("\r", "") == (
        "Account address,Show boosts,Notify on new posts,Languages\nbob@bad.example,true,true,de\n"
    )
    assert followers.text.replace("\r", "") == "Account address\nbob@bad.example\n"
    assert "final, those there have been told" in final.text
    for path in ("", f"/{event.id}/following.csv"):
        away = await stranger.get(f"/severed_relationships{path}")
        assert (away.status, away.headers["location"]) == (303, "/login?next=/severed_relationships")
    assert (await owner.get("/severed_relationships/1/followers.csv")).status == 404


async def test_where_there_is_more_than_a_page_shows_it_says_so(place: Place) -> None:
    """Here, and among the servers, requests and complaints beside."""
    owner = await place.owner()
    await place.do(furnish, severed.SHOWN)
    all_of_them = [await owner.get(path) for path in ("/severed_relationships", "/moderation")]
    await place.do(furnish, severed.SHOWN + 1)
    more = [await owner.get(path) for path in ("/severed_relationships", "/moderation")]

    hints = ("smallfed severed", "smallfed block</code></p>")
    assert [hint in page.text for hint, page in zip(hints, all_of_them, strict=True)] == [False, False]
    assert [hint in page.text for hint, page in zip(hints, more, strict=True)] == [True, True]
    assert [page.text.count(">cut") for page in (*all_of_them, *more)] == [severed.SHOWN] * 4


def furnish(tx: Tx, count: int) -> None:
    """Cut off so many servers, on each of which the owner follows somebody."""
    for number in range(count):
        if accounts.find_handle(tx, "bob", f"cut{number}.example") is None:
            befriend(tx, accounts.owner(tx), acquaint(tx, f"bob@cut{number}.example"))
            blocking.block_domain(tx, f"cut{number}.example")
