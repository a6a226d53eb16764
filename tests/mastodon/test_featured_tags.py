"""Featured hashtags in the API."""

import pytest

from smallfed.mastodon.entities import FeaturedTag, Tag
from smallfed.services import tagging
from tests.mastodon.api import Api
from tests.mastodon.facts import say

PATH = "/api/v1/featured_tags"


async def test_featuring_and_taking_away(api: Api) -> None:
    """The owner's page for a hashtag, how much there is, and when the last came; strangers see it, too."""
    await say(api, "I like #Cats and #dogs")
    await say(api, "#cats again")

    suggested = await api.get(f"{PATH}/suggestions", list[Tag])
    made = await api.post(PATH, FeaturedTag, name="#Cats")
    ours = await api.get(PATH, list[FeaturedTag])
    theirs = await api.ask("GET", f"/api/v1/accounts/{api.owner.id}/featured_tags", token="")
    left = await api.get(f"{PATH}/suggestions", list[Tag])
    gone = await api.ask("DELETE", f"{PATH}/{made.id}")
    again = await api.ask("DELETE", f"{PATH}/{made.id}")

    assert [tag.name for tag in suggested] == ["cats", "dogs"]
    assert made == FeaturedTag(
        id=made.id,
        name="Cats",
        url="https://home.example/tags/cats",
        statuses_count="2",
        last_status_at="2026-03-01",
    )
    assert ours == theirs.of(list[FeaturedTag]) == [made]
    assert [tag.name for tag in left] == ["dogs"]
    assert (gone.status, gone.json(), again.status) == (200, {}, 404)
    assert await api.get(PATH, list[FeaturedTag]) == []


@pytest.mark.parametrize(("name", "said"), [("", "Name is invalid"), ("two words", "Name is invalid")])
async def test_what_cannot_be(api: Api, name: str, said: str) -> None:
    answer = await api.ask("POST", PATH, form={"name": name})

    assert (answer.status, answer.json()) == (422, {"error": f"Validation failed: {said}"})


async def test_those_of_others(api: Api) -> None:
    bob = await api.know("bob@peer.example")
    await api.do(tagging.replace, bob.id, {"Owls": "https://peer.example/@bob/tagged/owls", "Ants": None})

    shown = await api.get(f"/api/v1/accounts/{bob.id}/featured_tags", list[FeaturedTag])

    assert {(tag.name, tag.url, tag.statuses_count, tag.last_status_at) for tag in shown} == {
        ("Owls", "https://peer.example/@bob/tagged/owls", "0", None),
        ("Ants", "https://home.example/tags/ants", "0", None),
    }
