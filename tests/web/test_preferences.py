"""What others may do and see, chosen on a page."""

from smallfed.domain.interaction import QuotePolicy, ReplyPolicy
from smallfed.domain.preferences import Preferences, Seen
from smallfed.services import admitting
from smallfed.store import preferences
from smallfed.store.tx import Tx
from tests.pages.place import Place
from tests.world import acquaint


def begin(tx: Tx) -> None:
    admitting.receive_follow(tx, acquaint(tx, "bob@far.example"), "https://far.example/follow/1")


async def test_chosen_and_kept(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    await place.parts.db.write(begin)
    house = place.parts.identity.here
    before = await stranger.get(f"/@{house.username}")
    form = next(each for each in (await owner.get("/preferences")).forms if each.action == "/preferences")
    chosen = {
        "replies": "following",
        "quotes": "nobody",
        "follow_counts": "me",
        "post_counts": "nobody",
        "boosts": "no",
    }

    saved = await owner.submit(form, **chosen)
    page = await owner.get(saved.headers["location"])
    place.parts.hub.publish(place.events)
    after = await stranger.get(f"/@{house.username}")

    assert await place.parts.db.read(preferences.find) == Preferences(
        quotes=QuotePolicy.NOBODY,
        replies=ReplyPolicy.FOLLOWING,
        boosts=False,
        follow_counts=Seen.ME,
        post_counts=Seen.NOBODY,
    )
    assert "Saved." in page.text
    for value in ("following", "nobody", "me", "no"):
        assert f'<option value="{value}" selected>' in page.text
    assert "<strong>1</strong> follower" in before.text
    assert "follower" not in after.text.partition('</p>\n  <p class="follow">')[0].partition('class="counts"')[2]


async def test_only_the_owner_chooses_and_only_what_there_is(place: Place) -> None:
    owner, stranger = await place.owner(), place.browser()
    form = next(each for each in (await owner.get("/preferences")).forms if each.action == "/preferences")
    seal = (await stranger.get("/login")).form.fields["seal"]

    refused = [await stranger.get("/preferences"), await stranger.post("/preferences", {"seal": seal})]
    odd = await owner.submit(form, replies="friends")
    forged = await owner.post("/preferences", {"replies": "nobody", "seal": "wrong"})

    assert [each.headers["location"] for each in refused] == ["/login?next=/preferences"] * 2
    assert (odd.status, forged.status) == (400, 403)
    assert await place.parts.db.read(preferences.find) == Preferences()
