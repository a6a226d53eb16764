"""The owner's page of relays: what they bring and cost, what is wanted of them, added, paused, dropped."""

from smallfed.domain.relay import Caps, Direction, Filters, Relay, State, Style
from smallfed.services import relaying
from smallfed.store import relay_days, relays
from smallfed.store.tx import Tx
from tests.pages.place import Form, Page, Place

INBOX = "https://relay.example/inbox"


def bring(tx: Tx) -> Relay:
    """Let a relay have accepted, and have brought something."""
    relay = relaying.add(tx, INBOX, style=Style.MASTODON)
    relays.change(tx, relay.id, state=State.ACCEPTED, actor="https://relay.example/actor", answered_at=tx.now)
    relay_days.add(tx, relay.id, heard=1700, posts=12, bytes=2_000_000, fetches=30, cpu=1_250_000, read=7, liked=3)
    relay_days.refuse(tx, relay.id, {"filter: answers somebody": 1688})
    return relays.get(tx, relay.id)


def form(page: Page, end: str) -> Form:
    return next(each for each in page.forms if each.action.endswith(end))


async def test_a_relay_is_added(place: Place) -> None:
    """What cannot be one is said beside the address."""
    owner = await place.owner()
    empty = await owner.get("/relays")

    wrong = await owner.submit(form(empty, "/relays"), address="https://home.example/inbox")
    done = await owner.submit(form(wrong, "/relays"), address=f" {INBOX} ")
    twice = await owner.submit(form(wrong, "/relays"), address=INBOX)
    page = await owner.get("/relays")

    assert "There are none yet." in empty.text
    assert (wrong.status, "that is this server itself" in wrong.text) == (422, True)
    assert "https://home.example/inbox" in wrong.text
    assert (done.status, done.headers["location"]) == (303, "/relays")
    assert (twice.status, "is a relay of yours already" in twice.text) == (422, True)
    assert '<h2 class="name">https://<wbr>relay.<wbr>example/<wbr>inbox</h2>' in page.text
    assert "Shown to you" not in page.text
    assert [relay.address for relay in await place.do(relays.every)] == [INBOX]


async def test_one_that_refused_is_asked_again(place: Place) -> None:
    """By a button beside why it refuses; one that accepts has none."""
    owner = await place.owner()
    relay = await place.do(bring)
    calm = await owner.get("/relays")
    await place.do(relays.change, relay.id, state=State.REFUSED, reason="It refuses.")

    page = await owner.get("/relays")
    (again,) = [each for each in page.forms if each.fields.get("address") == INBOX]
    done = await owner.submit(again)

    (asked,) = await place.do(relays.every)
    assert ("Ask again" in calm.text, "Ask again" in page.text) == (False, True)
    assert "<strong>It refuses.</strong>" in page.text
    assert (done.status, asked.id, asked.state) == (303, relay.id, State.NEW)


async def test_what_it_brought_and_cost(place: Place) -> None:
    owner = await place.owner()
    await place.do(bring)

    page = await owner.get("/relays")

    for words in (
        "12 posts of 1,700 offered",
        "2.0 MB, 30 requests, 1.2 s of processor",
        "<dt>Shown to you</dt><dd>7</dd>",
        "<dd>3, 0, 0</dd>",
        "1,688 × filter: answers somebody",
    ):
        assert words in page.text


async def test_what_is_wanted_of_it(place: Place) -> None:
    """All of it is in one form, as it stands; what cannot be meant changes nothing."""
    owner = await place.owner()
    relay = await place.do(bring)
    page = await owner.get("/relays")
    wish = {
        "tags": "#Cats, dogs",
        "languages": "en pt",
        "only_media": "1",
        "replies": "1",
        "posts": "1,000",
        "bytes": "5 MB",
        "direction": "receive",
    }

    done = await owner.submit(form(page, "/want"), **wish)
    wanted = await place.do(relays.get, relay.id)
    again = await owner.submit(form(await owner.get("/relays"), "/want"))
    wrong = [
        await owner.submit(form(page, "/want"), **{name: value})
        for name, value in {"posts": "many", "bytes": "much", "fetches": "-1", "direction": "up", "tags": "#"}.items()
    ]

    assert (done.status, again.status, [each.status for each in wrong]) == (303, 303, [422] * 5)
    assert wanted.filters == Filters(tags=("cats", "dogs"), languages=("en", "pt"), only_media=True, replies=True)
    assert (wanted.caps, wanted.direction) == (Caps(posts=1000, bytes=5_000_000), Direction.RECEIVE)
    assert await place.do(relays.get, relay.id) == wanted
    assert "How many posts a day? Give a number. Nothing was changed." in wrong[0].text


async def test_paused_and_dropped(place: Place) -> None:
    """What is gone already is simply not there."""
    owner = await place.owner()
    relay = await place.do(bring)
    page = await owner.get("/relays")

    await owner.submit(form(page, "/pause"))
    paused = await owner.get("/relays")
    await owner.submit(form(paused, "/resume"))
    back = await place.do(relays.get, relay.id)
    dropped = [await owner.submit(form(page, "/drop")) for _ in range(2)]
    odd = await owner.submit(Form(action=f"/relays/{1 << 70}/drop", fields=form(page, "/drop").fields))

    assert "Accepted, paused" in paused.text
    assert not back.paused
    assert [each.status for each in (*dropped, odd)] == [303, 303, 404]
    assert await place.do(relays.every) == []


async def test_only_the_owner(place: Place) -> None:
    """Others are sent to the login, and change nothing."""
    await place.do(bring)
    stranger = place.browser()

    page = await stranger.get("/relays")

    assert (page.status, page.headers["location"]) == (303, "/login?next=/relays")
