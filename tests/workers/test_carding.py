"""Pages that posts link to, read by the errands."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.events import PostEdited, PostReceived
from smallfed.domain.post import Attachment, Post, Visibility
from smallfed.errors import Unreachable
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import seeded
from smallfed.store import accounts, attachments, cards, fetches, posts
from smallfed.store.tx import Tx
from smallfed.workers import carding
from smallfed.workers.errands import Errands
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lookup import Finder
from smallfed.workers.works import works
from tests import world
from tests.workers.far import Person
from tests.workers.house import Here, living

PAGE = "https://news.example/garden"
HTML = b'<html><head><title>Beans</title><link rel="canonical" href="/garden/"></head></html>'

WRITTEN = b'<title>A</title><meta name="fediverse:creator" content="WHO">'


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


async def run_errands(here: Here, seconds: float = 120.0) -> None:
    fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
    card = partial(carding.read, here.db, fetcher.documents, Finder(here.db, fetcher), Aside(threads=False))
    async with trio.open_nursery() as nursery:
        every = works(here.db, fetcher) | {"card": card}
        await nursery.start(Errands(here.db, here.clock, seeded(1), Bell(), every).run)
        await trio.sleep(seconds)
        nursery.cancel_scope.cancel()


def hear(tx: Tx, link: str = PAGE, **fields: Any) -> Post:
    """Receive a post of Bob's with a link, in home."""
    bob = accounts.find_uri(tx, "https://b.example/users/bob") or world.acquaint(tx, "bob@b.example")
    content = f'<p><a href="{link}">look</a></p>'
    post = world.say(tx, bob, **{"content": content, "in_home": True, "visibility": Visibility.PUBLIC, **fields})
    tx.announce(PostReceived(post=post.id, fresh=True))
    return post


def waiting(tx: Tx) -> list[str]:
    return [uri for (uri,) in tx.all("SELECT uri FROM fetches WHERE kind = 'card'")]


def known(tx: Tx) -> list[tuple[str, str, str]]:
    return tx.all("SELECT url, page, title FROM cards ORDER BY id")


async def test_a_page_is_read_once_for_all_posts_about_it(here: Here, autojump_clock: MockClock) -> None:
    here.http.put(PAGE, HTML, type_="text/html")
    first, second = await here.db.write(hear), await here.db.write(hear)

    await run_errands(here)
    third = await here.db.write(hear)
    await run_errands(here)

    assert here.http.count("news.example") == 1
    assert await here.db.read(known) == [(PAGE, f"{PAGE}/", "Beans")]
    for post in (first, second, third):
        card = await here.db.read(cards.of_post, post.id)
        assert card is not None
        assert card.title == "Beans"


async def test_after_two_weeks_it_is_read_again(here: Here, autojump_clock: MockClock) -> None:
    here.http.put(PAGE, HTML, type_="text/html")
    await here.db.write(hear)
    await run_errands(here)

    await trio.sleep(timedelta(days=15).total_seconds())
    here.http.put(PAGE, b"<title>Peas</title>", type_="text/html")
    await here.db.write(hear)
    await run_errands(here)

    assert await here.db.read(known) == [(PAGE, PAGE, "Peas")]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"in_home": True}, [PAGE]),
        ({"in_home": False}, []),
        ({"in_home": False, "visibility": Visibility.UNLISTED}, []),
        ({"in_home": True, "visibility": Visibility.PRIVATE}, [PAGE]),
        ({"in_home": True, "content": "<p>no link</p>"}, []),
    ],
)
async def test_only_what_the_owner_may_see_makes_us_ask(here: Here, fields: dict[str, Any], asked: list[str]) -> None:
    await here.db.write(hear, **fields)

    assert await here.db.read(waiting) == asked


async def test_a_public_post_nobody_sees_is_noted_without_asking(here: Here) -> None:
    post = await here.db.write(hear, in_home=False)

    assert (await here.db.read(cards.of_post, post.id)) is not None
    assert await here.db.read(waiting) == []


async def test_a_post_with_a_picture_shows_that(here: Here) -> None:
    def illustrated(tx: Tx) -> Post:
        bob = world.acquaint(tx, "bob@b.example")
        post = world.say(tx, bob, content=f'<p><a href="{PAGE}">look</a></p>', in_home=True)
        attachments.replace(tx, post.id, [Attachment(id=0, kind="image", url="https://b.example/1.png")])
        tx.announce(PostReceived(post=post.id, fresh=True))
        return post

    post = await here.db.write(illustrated)

    assert await here.db.read(cards.of_post, post.id) is None


async def test_an_edit_may_be_about_another_page(here: Here) -> None:
    def change(tx: Tx, post: int, content: str) -> None:
        posts.change(tx, post, content=content)
        tx.announce(PostEdited(post=post, local=False))

    post = await here.db.write(hear)

    await here.db.write(change, post.id, '<p><a href="https://news.example/other">look</a></p>')
    other = await here.db.read(cards.of_post, post.id)
    await here.db.write(change, post.id, "<p>nothing</p>")

    assert other is not None
    assert other.url == "https://news.example/other"
    assert await here.db.read(cards.of_post, post.id) is None
    assert await here.db.read(known) == []


async def test_a_card_goes_with_the_last_post_about_it(here: Here) -> None:
    first, second = await here.db.write(hear), await here.db.write(hear)

    await here.db.write(posts.drop, first.id)
    between = await here.db.read(known)
    await here.db.write(posts.drop, second.id)

    assert between == [(PAGE, PAGE, "")]
    assert await here.db.read(known) == []


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        (b"<title>Not there</title>", "text/html", 404),
        (b"<title></title>", "text/html", 200),
        (b"GIF89a", "image/gif", 200),
        (b"{}", "application/json", 200),
    ],
)
async def test_a_page_that_says_nothing_is_not_asked_again(
    here: Here, autojump_clock: MockClock, body: bytes, type_: str, status: int
) -> None:
    here.http.put(PAGE, body, type_=type_, status=status)
    await here.db.write(hear)
    await run_errands(here)

    await here.db.write(hear)
    await run_errands(here)

    assert here.http.count("news.example") == 1
    assert await here.db.read(known) == [(PAGE, PAGE, "")]


async def test_a_server_that_is_down_is_asked_again(here: Here, autojump_clock: MockClock) -> None:
    here.http.pages[PAGE] = Unreachable("it does not answer")
    await here.db.write(hear)
    await run_errands(here)

    here.http.put(PAGE, HTML, type_="text/html")
    await run_errands(here, timedelta(hours=1).total_seconds())

    assert await here.db.read(known) == [(PAGE, f"{PAGE}/", "Beans")]
    assert await here.db.read(fetches.waiting) == 0


async def test_a_film_by_its_oembed_document(here: Here, autojump_clock: MockClock) -> None:
    link = b'<title>Film</title><link rel="alternate" type="application/json+oembed" href="https://tv.example/o">'
    here.http.put(PAGE, link, type_="text/html")
    here.http.put(
        "https://tv.example/o",
        {"type": "video", "html": '<iframe src="https://tv.example/e"></iframe>', "width": 4, "height": 3},
        type_="application/json",
    )
    post = await here.db.write(hear)

    await run_errands(here)

    card = await here.db.read(cards.of_post, post.id)
    assert card is not None
    assert (card.type, card.embed_url, card.width, card.height) == ("video", "https://tv.example/e", 4, 3)


async def test_a_page_whose_oembed_document_is_lost_is_still_a_page(here: Here, autojump_clock: MockClock) -> None:
    link = b'<title>Film</title><link rel="alternate" type="application/json+oembed" href="https://tv.example/o">'
    here.http.put(PAGE, link, type_="text/html")
    await here.db.write(hear)

    await run_errands(here)

    assert await here.db.read(known) == [(PAGE, PAGE, "Film")]


async def test_who_wrote_a_page_is_looked_up(here: Here, autojump_clock: MockClock) -> None:
    bea = Person("bea@writers.example")
    bea.settle(here.http)
    here.http.put(
        PAGE, b'<title>A</title><meta name="fediverse:creator" content="@bea@writers.example">', type_="text/html"
    )
    await here.db.write(hear)

    await run_errands(here)

    assert await here.db.read(accounts.find_uri, bea.uri) is not None


async def test_a_page_by_nobody_is_still_a_page(here: Here, autojump_clock: MockClock) -> None:
    here.http.put(
        PAGE, b'<title>A</title><meta name="fediverse:creator" content="@no@where.example">', type_="text/html"
    )
    await here.db.write(hear)

    await run_errands(here)

    assert await here.db.read(known) == [(PAGE, PAGE, "A")]
    assert await here.db.read(waiting) == []
