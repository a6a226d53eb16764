"""Pages that posts link to: their cards, and what is said about them."""

from datetime import timedelta

from msgspec import json

from smallfed.domain.card import Glimpse
from smallfed.domain.copy import Copy, Subject
from smallfed.domain.post import Visibility
from smallfed.mastodon.entities import Context, PreviewCard, Status, TrendingLink
from smallfed.services import blocking, carding
from smallfed.store import copies, fetches
from smallfed.store.tx import Tx
from smallfed.workers.trending import Trending
from tests.mastodon.api import Api
from tests.mastodon.facts import follow, hear, ids_of, say
from tests.world import NOW

BLURRED = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
PAGE = "https://news.example/garden"
LONG_AGO = NOW - timedelta(days=400)
LINK = f'<p><a href="{PAGE}">look</a></p>'


def read(tx: Tx, url: str = PAGE) -> None:
    """Let the page be read."""
    carding.fill(tx, url, Glimpse(page=f"{url}/", title="Beans", author_name="Bea", width=3, height=2))


async def test_who_wrote_a_page_is_known_if_they_say_so_themselves(api: Api) -> None:
    bea = await api.know("Bea@writers.example", attribution_domains=("news.example",))
    await api.know("carl@writers.example", attribution_domains=("other.example",))
    theirs, others = "https://www.news.example/one", "https://www.news.example/two"
    first, second = await say(api, f"Look at {theirs}"), await say(api, f"Look at {others}")

    await api.do(carding.fill, theirs, Glimpse(page=theirs, title="One", creator="bea@writers.example"))
    await api.do(carding.fill, others, Glimpse(page=others, title="Two", creator="carl@writers.example"))

    told = await api.get(f"/api/v1/statuses/{first.id}", Status)
    assert told.card is not None
    (author,) = told.card.authors
    assert (author.name, author.url) == ("Bea", bea.url)
    assert author.account is not None
    assert author.account.acct == "Bea@writers.example"
    untold = await api.get(f"/api/v1/statuses/{second.id}", Status)
    assert untold.card is not None
    assert untold.card.authors == []


async def test_the_owner_is_told_that_a_page_names_them_in_vain(api: Api) -> None:
    """Until the domain is among those that may; strangers are not told."""
    said = await say(api, f"Look at {PAGE}")
    await api.do(carding.fill, PAGE, Glimpse(page=PAGE, title="Beans", creator="alice@home.example"))

    missing = await api.get(f"/api/v1/statuses/{said.id}", Status)
    strangers = (await api.ask("GET", f"/api/v1/statuses/{said.id}", token="")).json()
    await api.ask("PATCH", "/api/v1/accounts/update_credentials", form={"attribution_domains[]": "news.example"})
    named = await api.get(f"/api/v1/statuses/{said.id}", Status)

    assert missing.card is not None
    assert (missing.card.missing_attribution, missing.card.authors) == (True, [])
    assert "missing_attribution" not in strangers["card"]
    assert named.card is not None
    assert named.card.missing_attribution is False
    assert [author.account and author.account.acct for author in named.card.authors] == ["alice"]


async def test_how_the_picture_of_a_page_looks_from_afar(api: Api) -> None:
    """That is known once it was loaded."""
    said, url = await say(api, f"Look at {PAGE}"), "https://news.example/beans.jpg"
    await api.do(carding.fill, PAGE, Glimpse(page=PAGE, title="Beans", image=url))
    before = await api.get(f"/api/v1/statuses/{said.id}", Status)

    picture = Copy(
        id=0, url=url, host="news.example", subject=Subject.CARD, blurhash=BLURRED, fetched_at=NOW, seen_at=NOW
    )
    await api.do(copies.put, picture)

    after = await api.get(f"/api/v1/statuses/{said.id}", Status)
    assert before.card is not None
    assert after.card is not None
    assert (before.card.blurhash, after.card.blurhash) == (None, BLURRED)
    assert after.card.image is not None
    assert after.card.image.startswith("https://home.example/media/")


async def test_a_player_on_our_own_host_is_none(api: Api) -> None:
    """It would play with the rights of our pages."""
    said = await say(api, f"Look at {PAGE}")
    evil = "https://home.example/media/files/x.mp4"
    glimpse = Glimpse(page=PAGE, title="Beans", type="video", html=f'<iframe src="{evil}"></iframe>', embed_url=evil)

    await api.do(carding.fill, PAGE, glimpse)

    told = await api.get(f"/api/v1/statuses/{said.id}", Status)
    assert told.card is not None
    assert (told.card.type, told.card.html, told.card.embed_url) == ("link", "", "")


async def test_pages_that_several_people_post_about(api: Api) -> None:
    people = [await api.know(f"p{number}@b.example", published_at=LONG_AGO) for number in range(3)]
    for person in people:
        await hear(api, person, LINK)
    await hear(api, people[0], LINK.replace("garden", "alone"))
    await hear(api, people[1], LINK.replace("garden", "hidden"), visibility=Visibility.UNLISTED)
    await api.do(read)

    await Trending(api.parts).work()
    links = await api.get("/api/v1/trends/links", list[TrendingLink])
    stranger = await api.ask("GET", "/api/v1/trends/links", token="")

    assert [(link.url, link.title) for link in links] == [(f"{PAGE}/", "Beans")]
    assert [(day.accounts, day.uses) for day in links[0].history] == [("3", "3"), *[("0", "0")] * 6]
    assert stranger.json() == []


async def test_a_page_is_shown_around_only_as_far_as_by_others_than_who_is_cut_off(api: Api) -> None:
    """At once, and as soon back."""
    far = [await api.know(f"f{number}@far.example", published_at=LONG_AGO) for number in range(3)]
    near = [await api.know(f"p{number}@b.example", published_at=LONG_AGO) for number in range(2)]
    for person in far + near:
        await hear(api, person, LINK)
    for person in far:
        await hear(api, person, LINK.replace("garden", "pills"))
    await api.do(read)
    await api.do(read, f"{PAGE.removesuffix('garden')}pills")
    await Trending(api.parts).work()
    before = await talked_about(api)

    await api.do(blocking.block_domain, "far.example")
    at_once = await talked_about(api)
    await Trending(api.parts).work()
    counted = await talked_about(api)
    await api.do(blocking.unblock_domain, "far.example")
    lifted = await talked_about(api)

    assert before == [("garden/", "5"), ("pills/", "3")]
    assert at_once == counted == [("garden/", "2")]
    assert lifted == [("garden/", "5")]


async def talked_about(api: Api) -> list[tuple[str, str]]:
    links = await api.get("/api/v1/trends/links", list[TrendingLink])
    return [(link.url.rpartition("example/")[2], link.history[0].accounts) for link in links]


async def test_a_page_that_was_not_read_is_not_shown_around(api: Api) -> None:
    for number in range(3):
        await hear(api, await api.know(f"p{number}@b.example", published_at=LONG_AGO), LINK)

    await Trending(api.parts).work()

    assert await api.get("/api/v1/trends/links", list[TrendingLink]) == []


def waiting(tx: Tx) -> list[str]:
    return [uri for (uri,) in tx.all("SELECT uri FROM fetches WHERE kind = 'card'")]


async def test_a_post_shows_the_page_it_is_about(api: Api) -> None:
    said = await say(api, f"Look at {PAGE}")
    before = await api.get(f"/api/v1/statuses/{said.id}", Status)

    await api.do(read)

    after = await api.get(f"/api/v1/statuses/{said.id}", Status)
    assert before.card is None
    assert json.decode(json.encode(after.card)) == {
        "url": f"{PAGE}/",
        "title": "Beans",
        "description": "",
        "type": "link",
        "author_name": "Bea",
        "author_url": "",
        "provider_name": "",
        "provider_url": "",
        "html": "",
        "width": 3,
        "height": 2,
        "image": None,
        "image_description": "",
        "embed_url": "",
        "blurhash": None,
        "authors": [{"name": "Bea", "url": "", "account": None}],
        "published_at": None,
        "language": None,
        "missing_attribution": False,
    }
    assert isinstance(after.card, PreviewCard)


async def test_what_is_said_about_a_page(api: Api) -> None:
    bob = await api.know("bob@b.example")
    await follow(api, bob)
    mine = await say(api, f"Look at {PAGE}")
    theirs = await hear(api, bob, LINK)
    await hear(api, bob, "<p>something else</p>")
    await say(api, f"Between us: {PAGE}", visibility="unlisted")
    await api.do(read)

    by_link = await ids_of(api, "/api/v1/timelines/link", url=PAGE)
    by_page = await ids_of(api, "/api/v1/timelines/link", url=f"{PAGE}/", limit=1)
    stranger = await api.ask("GET", "/api/v1/timelines/link", query={"url": PAGE}, token="")

    assert by_link == [str(theirs.id), mine.id]
    assert by_page == [str(theirs.id)]
    assert [status["id"] for status in stranger.json()] == [mine.id]
    assert await ids_of(api, "/api/v1/timelines/link", url="https://news.example/unknown") == []
    assert (await api.ask("GET", "/api/v1/timelines/link")).status == 422


async def test_opening_a_post_has_its_page_read(api: Api) -> None:
    bob = await api.know("bob@b.example")
    post = await hear(api, bob, LINK, in_home=False)
    before = await api.do(waiting)

    await api.get(f"/api/v1/statuses/{post.id}/context", Context)

    assert before == []
    assert await api.do(waiting) == [PAGE]
    assert await api.do(fetches.waiting) >= 1


async def test_a_stranger_makes_us_read_nothing(api: Api) -> None:
    bob = await api.know("bob@b.example")
    post = await hear(api, bob, LINK, in_home=False)

    answer = await api.ask("GET", f"/api/v1/statuses/{post.id}/context", token="")

    assert answer.status == 200
    assert await api.do(waiting) == []
