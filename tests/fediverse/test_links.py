"""A link goes round: the site that it leads to is asked as seldom as can be, and nobody speaks for it but itself."""

import json
from typing import Any

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse, House
from tests.fediverse.villages import Village
from tests.fediverse.wire import Wire

PAGE = "https://news.example/garden"
PREVIEW = {"type": "Page", "name": "Beans are bad", "summary": "Says who?"}
HTML = b"""<html lang="en"><head><title>Beans</title><meta property="og:description" content="What grows">
<meta property="og:image" content="/beans.jpg"></head></html>"""


class Site:
    """A site with one page, which knows no ActivityPub."""

    def __init__(self, wire: Wire, host: str) -> None:
        wire.doors[host] = self

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": HTML})


def visits(fediverse: Fediverse, host: str = "news.example") -> list[tuple[str, float]]:
    """Return who has asked the site, and how many seconds after whoever was first."""
    asked = [each for each in fediverse.wire.asked if each.host == host and each.path == "/garden"]
    return [(each.asker, (each.at - asked[0].at).total_seconds()) for each in asked]


async def card(house: House, post: dict[str, Any]) -> Any:
    return (await house.here(post))["card"]


async def test_one_visit_of_each_house(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """The author's before the post is out, the others' within a minute, each at its own moment; nothing brings another.

    Not a boost (but to those who had not heard of it), not another post, not a crash.
    """
    Site(fediverse.wire, "news.example")
    alice, bob, carol, dave = await fediverse.houses(
        *(f"{n}@{n[0]}.example" for n in ("alice", "bob", "carol", "dave"))
    )
    for reader, author in ((bob, alice), (carol, alice), (dave, carol)):
        await reader.follow(author)
    await fediverse.wait(minutes=1)

    post = await alice.say(f"Look at {PAGE}")
    await fediverse.wait(seconds=1)
    await bob.kill()
    await bob.begin()
    await fediverse.wait(minutes=3)
    await carol.post(f"/api/v1/statuses/{(await carol.here(post))['id']}/reblog")
    await bob.say(f"I saw {PAGE}, too")
    await fediverse.wait(minutes=3)

    assert sorted(asker for asker, _ in visits(fediverse)) == ["a.example", "b.example", "c.example", "d.example"]
    moments = [after for _, after in visits(fediverse)]
    assert moments[0] == 0
    assert len({round(moment) for moment in moments}) == 4
    assert all(moment < 70 for asker, moment in visits(fediverse) if asker in ("b.example", "c.example"))
    assert post["card"]["title"] == "Beans"
    for house in (bob, carol):
        assert (await card(house, post))["title"] == "Beans"
    (boost,) = await dave.home()
    assert boost["reblog"]["card"]["title"] == "Beans"


async def test_a_post_carries_what_others_need(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """What is sent says which page is meant and what that says; its picture stays out where it may shock."""
    Site(fediverse.wire, "news.example")
    alice, bob = await fediverse.houses("alice@a.example", "bob@b.example")
    await bob.follow(alice)
    await fediverse.wait(minutes=1)

    await alice.say(f"Look at {PAGE}")
    await alice.say(f"Look at {PAGE}", spoiler_text="Beans")
    await fediverse.wait(minutes=1)

    notes = [json.loads(each.body)["object"] for each in fediverse.wire.posts("b.example", asker="a.example")]
    open_, warned = (note["attachment"] for note in notes if note.get("type") == "Note")
    preview = {"type": "Page", "name": "Beans", "summary": "What grows"}
    link = {"type": "Link", "href": PAGE, "mediaType": "text/html", "name": "Beans"}
    assert open_ == [
        {**link, "preview": {**preview, "image": {"type": "Image", "url": "https://news.example/beans.jpg"}}}
    ]
    assert warned == [{**link, "preview": preview}]


async def test_a_site_that_speaks_itself_need_not_be_asked(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """A blog says what stands on its own page; of another's, nobody is believed."""
    blog, liar = Village(fediverse.wire, "blog.example"), Village(fediverse.wire, "liar.example")
    Site(fediverse.wire, "news.example")
    alice = await fediverse.house("alice@a.example")
    own, other = "https://blog.example/garden", PAGE
    honest = blog.note(blog.person("bea"), 1, content="<p>New</p>", attachment=[_link(own)])
    dishonest = liar.note(liar.person("max"), 1, content=f'<p><a href="{PAGE}">!</a></p>', attachment=[_link(other)])

    said = [await look_up(alice, uri) for uri in (honest, dishonest)]
    for status in said:
        await alice.get(f"/api/v1/statuses/{status['id']}/context")
    await fediverse.wait(minutes=2)
    first, second = [(await alice.get(f"/api/v1/statuses/{status['id']}"))["card"] for status in said]

    assert (first["url"], first["title"], first["description"]) == (own, "Beans are bad", "Says who?")
    assert (second["url"], second["title"], second["description"]) == (PAGE, "Beans", "What grows")
    assert visits(fediverse, "blog.example") == []
    assert [asker for asker, _ in visits(fediverse)] == ["a.example"]


def _link(page: str) -> dict[str, Any]:
    return {"type": "Link", "href": page, "preview": PREVIEW}


async def look_up(house: House, uri: str) -> dict[str, Any]:
    (status,) = (await house.get("/api/v2/search", q=uri, resolve="true"))["statuses"]
    return dict(status)
