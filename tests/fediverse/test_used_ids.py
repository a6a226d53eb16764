"""Servers that use the id of an activity more than once: what they change and delete is changed and deleted here."""

from typing import Any

from trio.testing import MockClock

from tests.fediverse.houses import Fediverse
from tests.fediverse.voices import say_as_others_do

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def test_a_blog_where_everything_has_the_id_of_the_post(autojump_clock: MockClock, fediverse: Fediverse) -> None:
    """As WriteFreely does it: made, changed twice and deleted, everything under one id; nothing comes twice."""
    alice, wynn = await fediverse.houses("alice@a.example", "wynn@b.example")
    await alice.follow(wynn)
    await fediverse.wait(minutes=1)
    uri = f"{wynn.actor}/posts/1"
    seen: list[Any] = []

    async def send(kind: str, text: str) -> None:
        audience = {"to": [PUBLIC], "cc": [f"{wynn.actor}/followers"]}
        article = {"type": "Article", "id": uri, "attributedTo": wynn.actor, "name": "Herons", "content": text}
        await say_as_others_do(wynn, alice, type=kind, id=uri, object=article | audience, **audience)
        await fediverse.wait(minutes=1)
        seen.append([post["content"].partition("</h2>")[2] for post in await alice.get("/api/v1/timelines/home")])

    await send("Create", "<p>one</p>")
    await send("Update", "<p>two</p>")
    await send("Update", "<p>three</p>")
    await send("Update", "<p>three</p>")
    (post,) = await alice.get("/api/v1/timelines/home")
    versions = await alice.get(f"/api/v1/statuses/{post['id']}/history")
    await send("Delete", "")

    assert seen == [["<p>one</p>"], ["<p>two</p>"], ["<p>three</p>"], ["<p>three</p>"], []]
    assert len(versions) == 3
