"""Accounts, handles and posts, brought from where they live."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.need import Need
from smallfed.domain.post import Post
from smallfed.errors import Gone, Invalid, NotFound, SmallfedError, TooMany, Unavailable, Unreachable
from smallfed.policy.budgets import DEPTH, Purpose
from smallfed.runtime.bell import Bell
from smallfed.runtime.clock import seeded
from smallfed.runtime.no_answer import NoAnswer
from smallfed.store import accounts, fetches, posts
from smallfed.store.tx import Tx
from smallfed.workers.errands import Errands
from smallfed.workers.fetching import Fetcher
from smallfed.workers.lookup import Finder
from smallfed.workers.works import works
from tests.workers.far import ACTIVITY, JRD, Person
from tests.workers.house import Here, living

BOB = Person("bob@far.example")
EVE = Person("eve@evil.example")
NOTE = "https://far.example/notes/1"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def fetcher(here: Here, bell: Bell) -> Fetcher:
    return Fetcher(here.db, here.http, here.clock, here.identity)


def errands(here: Here, fetcher: Fetcher, bell: Bell) -> Errands:
    """Return the loop that fetches what can wait."""
    return Errands(here.db, here.clock, seeded(1), bell, works(here.db, fetcher))


# Accounts -------------------------------------------------------------------------------------------------------------
async def test_an_account_is_met_with_its_handle(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)

    account = await fetcher.actor(BOB.uri)

    assert (account.uri, account.handle, account.name) == (BOB.uri, "bob@far.example", "Bob")
    assert here.http.asked == [BOB.uri, BOB.webfinger_url]


def finger(handle: str) -> str:
    return f"https://{handle.partition('@')[2]}/.well-known/webfinger?resource=acct:{handle}"


def answer(handle: str, actor: str = BOB.uri) -> dict[str, object]:
    return {"subject": f"acct:{handle}", "links": [{"rel": "self", "type": ACTIVITY, "href": actor}]}


@pytest.mark.parametrize(
    ("claim", "answers", "handle"),
    [
        pytest.param(None, {"bob@far.example": answer("bob@far.example")}, "bob@far.example", id="plain"),
        pytest.param(None, {"bob@far.example": answer("Bob@Far.example")}, "Bob@far.example", id="case"),
        pytest.param(None, {}, "bob@far.example", id="no webfinger"),
        pytest.param(
            None,
            {"bob@far.example": answer("bob@apex.example"), "bob@apex.example": answer("bob@apex.example")},
            "bob@apex.example",
            id="split domain",
        ),
        pytest.param(
            "bob@apex.example", {"bob@apex.example": answer("bob@apex.example")}, "bob@apex.example", id="claim"
        ),
        pytest.param("bob@apex.example", {}, "bob@far.example", id="claim that nobody confirms"),
        pytest.param(None, {"bob@far.example": answer("bob@far.example", EVE.uri)}, None, id="somebody else's"),
        pytest.param("eve@evil.example", {"eve@evil.example": answer("eve@evil.example", EVE.uri)}, None, id="usurped"),
        pytest.param(
            None,
            {"bob@far.example": answer("b@apex.example"), "b@apex.example": answer("c@apex.example")},
            None,
            id="two hops",
        ),
        pytest.param(
            None,
            {"bob@far.example": answer("bob@apex.example"), "bob@apex.example": answer("bob@apex.example", EVE.uri)},
            None,
            id="the apex disagrees",
        ),
    ],
)
async def test_handles_are_verified(
    here: Here, fetcher: Fetcher, claim: str | None, answers: dict[str, dict[str, object]], handle: str | None
) -> None:
    """As Mastodon does it; who claims somebody else's handle is not taken at all."""
    here.http.put(BOB.uri, BOB.actor(webfinger=claim))
    for name, found in answers.items():
        here.http.put(finger(name), found, type_=JRD)

    if handle is None:
        with pytest.raises(Invalid):
            await fetcher.actor(BOB.uri)
        assert await here.db.read(accounts.find_uri, BOB.uri) is None
    else:
        assert (await fetcher.actor(BOB.uri)).handle == handle


async def test_host_meta_says_where_webfinger_is(here: Here, fetcher: Fetcher) -> None:
    here.http.put(BOB.uri, BOB.actor())
    xrd = b'<XRD><Link rel="lrdd" template="https://finger.example/?q={uri}"/></XRD>'
    here.http.put("https://far.example/.well-known/host-meta", xrd, type_="application/xrd+xml")
    here.http.put("https://finger.example/?q=acct%3Abob%40far.example", answer("bob@far.example"), type_=JRD)

    assert (await Finder(here.db, fetcher).handle("@bob@far.example")).uri == BOB.uri


async def test_known_accounts_are_not_asked_for_a_day(here: Here, fetcher: Fetcher, autojump_clock: MockClock) -> None:
    BOB.settle(here.http)
    first = await fetcher.actor(BOB.uri)
    BOB.settle(here.http, name="Robert")

    await trio.sleep(23 * 3600)
    assert await fetcher.actor(BOB.uri) == first

    await trio.sleep(2 * 3600)
    again = await fetcher.actor(BOB.uri)
    assert (again.id, again.name) == (first.id, "Robert")


@pytest.mark.parametrize("trouble", [NoAnswer("connect", "down"), NotFound("?"), Unreachable("HTTP 500")])
async def test_a_stale_account_is_better_than_none(
    here: Here, fetcher: Fetcher, trouble: SmallfedError, autojump_clock: MockClock
) -> None:
    BOB.settle(here.http)
    first = await fetcher.actor(BOB.uri)
    here.http.pages[BOB.uri] = trouble

    await trio.sleep(timedelta(days=2).total_seconds())

    assert await fetcher.actor(BOB.uri) == first


async def test_an_account_that_is_gone_goes(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    here.http.put(BOB.uri, b"", status=410)

    for refresh in (True, False):
        with pytest.raises(Gone):
            await fetcher.actor(BOB.uri, refresh=refresh)
    assert here.http.count("users/bob") == 2


async def test_several_who_want_one_account_cause_one_fetch(
    here: Here, fetcher: Fetcher, autojump_clock: MockClock
) -> None:
    BOB.settle(here.http)
    here.http.slow["far.example"] = 1.0
    found: list[Account] = []

    async def want() -> None:
        found.append(await fetcher.actor(BOB.uri))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(want)

    assert len({account.id for account in found}) == 1
    assert len(here.http.asked) == 2


# Posts ----------------------------------------------------------------------------------------------------------------
async def test_a_post_comes_with_its_author(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note())

    post = await fetcher.post(NOTE)

    author = await here.db.read(accounts.find_uri, BOB.uri)
    assert author is not None
    assert (post.uri, post.account_id, post.in_home) == (NOTE, author.id, False)
    assert here.http.asked == [NOTE, BOB.uri, BOB.webfinger_url]


@pytest.mark.parametrize(
    "changes",
    [{"attributedTo": EVE.uri}, {"attributedTo": None}, {"attributedTo": "https://sub.far.example/users/bob"}],
)
async def test_nobody_posts_for_somebody_elsewhere(here: Here, fetcher: Fetcher, changes: dict[str, object]) -> None:
    BOB.settle(here.http)
    EVE.settle(here.http)
    here.http.put(NOTE, BOB.note(**changes))

    with pytest.raises(Invalid):
        await fetcher.post(NOTE)
    assert here.http.asked == [NOTE]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"id": NOTE, "type": "Tombstone"}, Gone),
        ({"id": NOTE, "type": "OrderedCollection"}, Invalid),
        ({"id": NOTE, "type": "Create", "actor": BOB.uri, "object": NOTE}, Invalid),
    ],
)
async def test_what_is_no_post(
    here: Here, fetcher: Fetcher, document: dict[str, object], kind: type[SmallfedError]
) -> None:
    here.http.put(NOTE, document)

    with pytest.raises(kind):
        await fetcher.post(NOTE)


async def test_ancestors_are_fetched_one_after_the_other(
    here: Here, fetcher: Fetcher, bell: Bell, autojump_clock: MockClock
) -> None:
    """A chain without an end ends after twenty."""
    BOB.settle(here.http)
    for number in range(40):
        note = BOB.note(number, inReplyTo=f"https://far.example/notes/{number + 1}")
        here.http.put(f"https://far.example/notes/{number}", note)

    async with trio.open_nursery() as nursery:
        await nursery.start(errands(here, fetcher, bell).run)
        await fetcher.post("https://far.example/notes/0")
        bell.ring()
        await trio.sleep(60)
        nursery.cancel_scope.cancel()

    assert here.http.count("/notes/") == DEPTH + 1
    assert await here.db.read(fetches.waiting) == 0
    assert await here.db.read(_has_parent, "https://far.example/notes/0")


def _has_parent(tx: Tx, uri: str) -> bool:
    post = posts.find_uri(tx, uri)
    return post is not None and post.in_reply_to_id is not None


async def test_rows_are_tried_again_and_given_up(
    here: Here, fetcher: Fetcher, bell: Bell, autojump_clock: MockClock
) -> None:
    here.http.put(NOTE, b"", status=500)
    await here.db.write(fetches.put, NOTE)
    await here.db.write(fetches.put, "https://far.example/notes/absent")

    async with trio.open_nursery() as nursery:
        await nursery.start(errands(here, fetcher, bell).run)
        await trio.sleep(60)
        assert here.http.count("/notes/absent") == 1
        assert here.http.count("/notes/1") == 2
        await trio.sleep(7 * 24 * 3600)
        nursery.cancel_scope.cancel()

    assert here.http.count("/notes/1") == 6
    assert await here.db.read(fetches.waiting) == 0


async def test_counts_of_collections(here: Here, fetcher: Fetcher, bell: Bell, autojump_clock: MockClock) -> None:
    """What the origin claims; a collection that cannot be had leaves what was known."""
    BOB.settle(here.http)
    await fetcher.actor(BOB.uri)
    for name, total in (("followers", 12), ("outbox", 345)):
        url = f"{BOB.uri}/{name}"
        here.http.put(url, {"id": url, "type": "OrderedCollection", "totalItems": total})
    await here.db.write(fetches.put, BOB.uri, kind="counts")

    async with trio.open_nursery() as nursery:
        await nursery.start(errands(here, fetcher, bell).run)
        await trio.sleep(1)
        nursery.cancel_scope.cancel()

    account = await here.db.read(accounts.find_uri, BOB.uri)
    assert account is not None
    claims = (account.followers_claimed, account.following_claimed, account.posts_claimed)
    assert (claims, account.hide_collections) == ((12, None, 345), True)


@pytest.mark.parametrize(
    ("visibility", "status", "left"),
    [
        ("public", 404, False),
        ("public", 410, False),
        ("private", 404, True),
        ("private", 410, False),
        ("public", 503, True),
    ],
)
async def test_a_post_that_its_server_no_longer_has(
    here: Here, fetcher: Fetcher, visibility: str, status: int, left: bool
) -> None:
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note())
    post = await fetcher.post(NOTE)
    await here.db.write(posts.change, post.id, visibility=visibility)
    here.http.put(NOTE, b"", status=status)

    with pytest.raises(SmallfedError):
        await fetcher.read_post(NOTE, fetcher.documents.errand(Purpose.STRANGER))

    assert (await here.db.read(posts.find_uri, NOTE) is not None) is left


# For people -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@bob@far.example", Account),
        ("bob@FAR.example", Account),
        (" acct:bob@far.example ", Account),
        (BOB.uri, Account),
        ("https://far.example/@bob", Account),
        (NOTE, Post),
        ("https://far.example/@bob/1", Post),
        ("@carol@far.example", type(None)),
        ("https://far.example/nothing", type(None)),
        ("https://down.example/", type(None)),
        ("two words", type(None)),
        ("", type(None)),
    ],
)
async def test_what_the_owner_types_is_found(here: Here, fetcher: Fetcher, text: str, found: type) -> None:
    BOB.settle(here.http)
    here.http.put("https://far.example/@bob", BOB.actor())
    here.http.put(NOTE, BOB.note())
    page = f'<link rel="alternate" type="{ACTIVITY}" href="{NOTE}">'.encode()
    here.http.put("https://far.example/@bob/1", page, type_="text/html")
    here.http.pages["https://down.example/"] = NoAnswer("dns", "no such name")

    assert type(await Finder(here.db, fetcher).resolve(text)) is found


async def test_an_address_is_asked_in_the_name_of_the_owner(here: Here, fetcher: Fetcher) -> None:
    """Mastodon shows what is for few to those few, and to no server."""
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note())

    assert isinstance(await Finder(here.db, fetcher).resolve(NOTE), Post)
    (asked,) = (headers for url, headers in zip(here.http.asked, here.http.signed, strict=True) if url == NOTE)
    assert 'keyId="https://home.example/users/alice#main-key"' in asked["signature"]


async def test_what_is_known_is_not_asked_for(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note())
    await fetcher.post(NOTE)
    here.http.asked.clear()

    assert isinstance(await Finder(here.db, fetcher).resolve(NOTE), Post)
    assert isinstance(await Finder(here.db, fetcher).resolve(BOB.uri), Account)
    assert isinstance(await Finder(here.db, fetcher).resolve("@bob@far.example"), Account)
    assert isinstance(await Finder(here.db, fetcher).resolve("@alice@home.example"), Account)
    assert here.http.asked == []


def name_of(tx: Tx, uri: str) -> str | Need:
    account = accounts.find_uri(tx, uri)
    return Need(uri) if account is None else account.name


async def test_a_call_gets_what_it_needs(here: Here, fetcher: Fetcher) -> None:
    BOB.settle(here.http)

    assert await Finder(here.db, fetcher).settle(name_of, BOB.uri) == "Bob"


@pytest.mark.parametrize(("thing", "kind"), [(NotFound("?"), NotFound), (NoAnswer("tls", "bad"), NoAnswer)])
async def test_a_call_whose_need_cannot_be_met(
    here: Here, fetcher: Fetcher, thing: SmallfedError, kind: type[SmallfedError]
) -> None:
    here.http.pages[BOB.uri] = thing

    with pytest.raises(kind):
        await Finder(here.db, fetcher).settle(name_of, BOB.uri)


async def test_a_call_waits_five_seconds(here: Here, fetcher: Fetcher, autojump_clock: MockClock) -> None:
    BOB.settle(here.http)
    here.http.slow["far.example"] = 20.0
    began = trio.current_time()

    with pytest.raises(Unavailable):
        await Finder(here.db, fetcher).settle(name_of, BOB.uri)

    assert trio.current_time() - began == pytest.approx(5.0)


async def test_a_call_that_always_needs_more(here: Here, fetcher: Fetcher) -> None:
    numbers = iter(range(100))

    def insatiable(tx: Tx) -> Need:
        return Need(f"https://far.example/users/p{next(numbers)}")

    for number in range(30):
        person = Person(f"p{number}@far.example")
        person.settle(here.http)

    with pytest.raises(TooMany):
        await Finder(here.db, fetcher).settle(insatiable)


async def test_a_need_for_something_else_ends(here: Here, fetcher: Fetcher) -> None:
    """The address was fetched and holds something with another id: asking again would never end."""
    BOB.settle(here.http)
    here.http.put("https://far.example/@bob", BOB.actor())

    with pytest.raises(NotFound):
        await Finder(here.db, fetcher).settle(name_of, "https://far.example/@bob")
