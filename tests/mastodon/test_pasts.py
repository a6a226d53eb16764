"""Looking at people on other servers: what they wrote before is read there, as far as an app pages."""

from datetime import timedelta
from typing import Any

import pytest
import trio
from msgspec import structs

from smallfed.domain.account import Account
from smallfed.errors import Unreachable
from smallfed.mastodon import entities
from smallfed.store import accounts, follows, pasts
from smallfed.workers.outboxes import FAILED
from tests import world
from tests.mastodon.api import Api
from tests.workers.far import Person
from tests.workers.outbox import Outbox, announce, create, note

BOB, CAROL, EVE = Person("bob@far.example"), Person("carol@third.example"), Person("eve@evil.example")
Statuses = list[entities.Status]


@pytest.fixture
async def bob(api: Api) -> Account:
    """Return somebody whom the house has met, of whom it has no post."""
    BOB.settle(api.http)
    CAROL.settle(api.http)
    return await api.know("bob@far.example")


@pytest.fixture
def outbox(api: Api) -> Outbox:
    return Outbox(api.http, BOB)


def text(status: entities.Status) -> str:
    shown = status.reblog or status
    return ("RT " if status.reblog else "") + shown.content.removeprefix("<p>").removesuffix("</p>")


async def posts(api: Api, bob: Account, **query: Any) -> list[str]:
    """Return the texts of one page of what Bob wrote."""
    return [text(one) for one in await api.get(f"/api/v1/accounts/{bob.id}/statuses", Statuses, **query)]


async def walk(api: Api, bob: Account, **query: Any) -> list[str]:
    """Page through all that Bob wrote, as an app does: on from the last one until there is nothing more."""
    found: list[str] = []
    bounds: dict[str, Any] = {}
    while shown := await api.get(f"/api/v1/accounts/{bob.id}/statuses", Statuses, **query, **bounds):
        found += [text(one) for one in shown]
        bounds = {"max_id": shown[-1].id}
    return found


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


async def test_a_profile_is_paged_to_its_end(api: Api, bob: Account, outbox: Outbox) -> None:
    """Whole pages at each step, everything once and in order, whatever the sizes of the pages here and there."""
    outbox.put(*[[create(BOB, number) for number in range(low, low + 20)] for low in range(1, 101, 20)])

    first = await posts(api, bob, limit=15)
    asked_first = api.http.count("page=")
    everything = await walk(api, bob, limit=15)

    assert first == numbers(1, 15)
    assert asked_first == 1  # no more than needed
    assert everything == numbers(1, 100)
    assert api.http.count("page=") == 5


async def test_reading_goes_on_where_it_stopped(api: Api, bob: Account, outbox: Outbox) -> None:
    """Their server dies in the middle; what there is is shown, and later it goes on without a gap."""
    outbox.put(*[[create(BOB, number) for number in range(low, low + 10)] for low in range(1, 41, 10)])
    alive = api.http.pages[outbox.page(3)]
    api.http.pages[outbox.page(3)] = Unreachable("refused")

    before = await walk(api, bob, limit=20)
    asked = api.http.count("page=3")
    await walk(api, bob, limit=20)
    asked_again = api.http.count("page=3")
    api.http.pages[outbox.page(3)] = alive
    await trio.sleep(FAILED)

    assert before == numbers(1, 20)
    assert asked == asked_again == 1  # nobody waits again and again for who does not answer
    assert await walk(api, bob, limit=20) == numbers(1, 40)
    assert api.http.count("page=1") == 1


async def test_boosts_are_shown_and_what_cannot_be_had_is_left_out(api: Api, bob: Account, outbox: Outbox) -> None:
    """What is boosted is asked of its own server, never believed where it is embedded."""
    api.http.put(CAROL.note(1)["id"], note(CAROL, 1, tag=[]))
    forged = announce(BOB, 4, CAROL.note(2)["id"]) | {"object": note(CAROL, 2)}
    outbox.put([create(BOB, 2), announce(BOB, 3, CAROL.note(1)["id"]), forged, create(BOB, 5)])

    assert await posts(api, bob) == ["2", "RT 1", "5"]
    assert await posts(api, bob, exclude_reblogs="true") == ["2", "5"]


FORGED = create(BOB, 3) | {"object": note(CAROL, 3)}
OF_EVE = create(EVE, 4)
NEIGHBOUR = Person("mallory@far.example")


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([create(BOB, 1), note(BOB, 2)], ["1", "2"]),  # bare objects
        ([create(BOB, 1) | {"object": BOB.note(2)["id"]}, BOB.note(3)["id"]], ["2", "3"]),  # by name, as GoToSocial
        ([create(BOB, 1), FORGED], ["1"]),
        ([create(BOB, 1), OF_EVE], ["1"]),
        ([create(BOB, 1), create(NEIGHBOUR, 2)], ["1"]),
        ([create(BOB, 1), create(BOB, 2) | {"object": note(NEIGHBOUR, 8)}], ["1"]),
        ([create(BOB, 1), note(NEIGHBOUR, 8)], ["1"]),
        ([create(BOB, 1), create(BOB, 2, to=[f"{BOB.uri}/followers"], cc=[])], ["1"]),
        ([create(BOB, 1), create(BOB, 2, to=[CAROL.uri], cc=[])], ["1"]),
        ([{"type": "Delete", "id": "x", "actor": BOB.uri, "object": BOB.uri}, 7, None, [], create(BOB, 1)], ["1"]),
        ([], []),
    ],
)
async def test_what_stands_in_outboxes(
    api: Api, bob: Account, outbox: Outbox, items: list[Any], shown: list[str]
) -> None:
    """Only what its owner may say is believed: their own posts, on their own server."""
    api.http.put(NEIGHBOUR.note(8)["id"], note(NEIGHBOUR, 8))
    for number in (2, 3):
        api.http.put(BOB.note(number)["id"], note(BOB, number))
        api.http.put(CAROL.note(number)["id"], note(CAROL, number))
    outbox.put(items)

    assert await posts(api, bob) == shown


async def test_everything_in_one_document(api: Api, bob: Account, outbox: Outbox) -> None:
    """Without pages; of a large one a part at a time is taken."""
    outbox.put_all([create(BOB, number) for number in range(1, 101)])

    assert await walk(api, bob, limit=20) == numbers(1, 100)


async def test_the_oldest_first(api: Api, bob: Account, outbox: Outbox) -> None:
    """Then only its end tells that nothing is missing."""
    outbox.put([create(BOB, 6), create(BOB, 5)], [create(BOB, 4), create(BOB, 3)], [create(BOB, 2), create(BOB, 1)])

    assert await walk(api, bob, limit=2) == numbers(1, 6)


@pytest.mark.parametrize(
    "what", [{"type": "OrderedCollection", "totalItems": 9}, {"type": "OrderedCollection", "first": None}, None]
)
async def test_outboxes_that_show_nothing(api: Api, bob: Account, outbox: Outbox, what: Any) -> None:
    """As Mbin's, or hidden ones: asked once, not at every look."""
    if what is not None:
        api.http.put(outbox.uri, {"id": outbox.uri} | what)

    assert await posts(api, bob) == await posts(api, bob) == []
    assert api.http.asked == [outbox.uri]


async def test_outboxes_that_lead_nowhere(api: Api, bob: Account, outbox: Outbox) -> None:
    """In circles, or to another server: reading ends, and what was found stays."""
    outbox.put([create(BOB, 1)], [create(BOB, 2)])
    outbox.put_page(2, [create(BOB, 2)], next_=outbox.page(1))

    walked = await walk(api, bob, limit=5)
    asked = len(api.http.asked)

    assert walked == ["1", "2"]
    assert await walk(api, bob, limit=5) == ["1", "2"]
    assert len(api.http.asked) == asked < 10


async def test_pages_of_other_servers_are_not_read(api: Api, bob: Account, outbox: Outbox) -> None:
    outbox.put([create(BOB, 1)])
    outbox.put_page(1, [create(BOB, 1)], next_="https://evil.example/page")
    api.http.put("https://evil.example/page", {"type": "OrderedCollectionPage", "orderedItems": [create(BOB, 2)]})

    assert await walk(api, bob) == ["1"]
    assert api.http.count("evil.example") == 0


async def test_an_outbox_without_end_costs_its_budget(api: Api, bob: Account, outbox: Outbox) -> None:
    """Pages of a view: ten, by default, whatever the other server makes up."""
    for number in range(1, 60):
        outbox.put_page(number, [create(BOB, number)], next_=outbox.page(number + 1))
    outbox.http.put(outbox.uri, {"id": outbox.uri, "type": "OrderedCollection", "first": outbox.page(1)})

    shown = await posts(api, bob, limit=40)

    assert shown == numbers(1, 11)  # the first one, and ten more
    assert api.http.count("page=") == 11


async def test_a_slow_server_keeps_nobody_waiting(api: Api, bob: Account, outbox: Outbox) -> None:
    """The page is answered with what there is; the next time it goes on."""
    outbox.put([create(BOB, number) for number in range(1, 21)], [create(BOB, number) for number in range(21, 41)])
    first = await posts(api, bob)
    api.http.slow["far.example"] = 30
    begun = api.parts.clock.now()

    shown = await posts(api, bob, limit=40)
    took = api.parts.clock.now() - begun
    api.http.slow.clear()

    assert first == shown == numbers(1, 20)
    assert took.total_seconds() < 5
    assert await posts(api, bob, limit=40) == numbers(1, 40)


async def test_news_of_strangers(api: Api, bob: Account, outbox: Outbox) -> None:
    """Nobody sends them here: the first page is read again now and then, and leaves no gap."""
    outbox.put([create(BOB, number) for number in range(15, 20)], [create(BOB, number) for number in range(20, 25)])
    await posts(api, bob, limit=5)
    await api.do(_sleep_over, bob.id)
    outbox.put(*[[create(BOB, number) for number in range(low, low + 5)] for low in range(5, 25, 5)])

    assert await walk(api, bob, limit=5) == numbers(5, 24)


def _sleep_over(tx: Any, account: int) -> None:
    past = pasts.find(tx, account)
    assert past is not None
    pasts.put(tx, structs.replace(past, head_at=world.NOW - timedelta(hours=1)))


async def test_filters_are_filled_too(api: Api, bob: Account, outbox: Outbox) -> None:
    """Replies, pictures, hashtags: one reads on until the page is full."""
    picture = {"type": "Document", "mediaType": "image/png", "url": "https://far.example/cat.png"}
    tag = {"type": "Hashtag", "name": "#Cats", "href": "https://far.example/tags/cats"}
    reply = {"inReplyTo": CAROL.note(1)["id"]}
    kinds: list[dict[str, Any]] = [reply, {"attachment": [picture]}, {"tag": [tag]}]
    outbox.put(*[[create(BOB, low + at, **kinds[at]) for at in range(3)] for low in range(1, 13, 3)])

    assert await posts(api, bob, only_media="true", limit=2) == ["2", "5"]
    assert await posts(api, bob, tagged="cats", limit=3) == ["3", "6", "9"]
    assert await posts(api, bob, exclude_replies="true", limit=8) == ["2", "3", "5", "6", "8", "9", "11", "12"]


async def test_paging_from_below(api: Api, bob: Account, outbox: Outbox) -> None:
    outbox.put(*[[create(BOB, number) for number in range(low, low + 5)] for low in range(1, 16, 5)])
    await posts(api, bob, limit=5)

    assert await posts(api, bob, min_id="1", limit=3) == ["13", "14", "15"]


async def test_what_is_borrowed_tells_nobody(api: Api, bob: Account, outbox: Outbox) -> None:
    """Not at home, no notification, although it names the owner; no parent or person is looked for."""
    mention = {"type": "Mention", "href": api.owner.uri, "name": "@alice@home.example"}
    outbox.put([create(BOB, 1, tag=[mention], inReplyTo=CAROL.note(9)["id"]), create(BOB, 2)])

    assert await posts(api, bob) == numbers(1, 2)
    assert await api.get("/api/v1/timelines/home", Statuses) == []
    assert await api.get("/api/v1/notifications", list[Any]) == []
    assert await api.do(pasts.count) == (2, 1)
    assert await api.do(lambda tx: tx.all("SELECT uri FROM fetches")) == []


async def test_strangers_make_us_read_nothing(api: Api, bob: Account, outbox: Outbox) -> None:
    outbox.put([create(BOB, 1)])

    answer = await api.ask("GET", f"/api/v1/accounts/{bob.id}/statuses", token="")

    assert (answer.status, answer.json()) == (200, [])
    assert api.http.asked == []


async def test_what_is_sent_is_not_asked_for(api: Api, bob: Account, outbox: Outbox) -> None:
    """Of people followed we have everything since; only what was before is read."""
    outbox.put([create(BOB, number) for number in range(1, 6)])
    await api.do(_follow_since, bob, days=2)
    for number in (1, 2):
        moment = world.NOW - timedelta(days=number)
        await api.do(world.say, bob, id=int(moment.timestamp() * 1000) << 16, uri=BOB.note(number)["id"])

    assert len(await posts(api, bob, limit=2)) == 2
    assert api.http.asked == []
    assert len(await posts(api, bob, limit=5)) == 5


def _follow_since(tx: Any, bob: Account, *, days: int) -> None:
    follow = world.befriend(tx, accounts.owner(tx), bob)
    follows.drop(tx, follow.id)
    follows.put(tx, structs.replace(follow, created_at=tx.now - timedelta(days=days)))


async def test_everything_is_there_at_first_sight(api: Api, outbox: Outbox) -> None:
    """Numbers, pinned posts and the newest posts of somebody nobody here has heard of."""
    featured = f"{BOB.uri}/featured"
    BOB.settle(api.http, featured=featured)
    api.http.put(featured, {"id": featured, "type": "OrderedCollection", "orderedItems": [note(BOB, 9)]})
    api.http.put(f"{BOB.uri}/followers", {"id": f"{BOB.uri}/followers", "type": "OrderedCollection", "totalItems": 7})
    outbox.put([create(BOB, 1)], total=41)

    found = await api.get("/api/v1/accounts/lookup", entities.Account, acct="bob@far.example")
    asked = len(api.http.asked)

    assert (found.followers_count, found.statuses_count) == (7, 41)
    assert [text(one) for one in await api.get(f"/api/v1/accounts/{found.id}/statuses", Statuses)] == ["1", "9"]
    assert [text(s) for s in await api.get(f"/api/v1/accounts/{found.id}/statuses", Statuses, pinned="true")] == ["9"]
    assert len(api.http.asked) == asked
