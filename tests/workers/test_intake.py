"""What was answered 202 is done: in order, once, and whatever goes wrong stays with its row."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.events import InboundQueued
from smallfed.errors import Malformed
from smallfed.inbox import registry
from smallfed.protocol.envelope import open_envelope
from smallfed.runtime.aside import Aside
from smallfed.runtime.bell import Bell
from smallfed.runtime.no_answer import NoAnswer
from smallfed.services import following
from smallfed.store import accounts, follows, inbound, posts
from smallfed.store.inbound import Arriving
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.intake import WINDOW, Intake
from smallfed.workers.lookup import Finder
from smallfed.workers.searches import AT_ONCE
from tests.workers.far import AS2, Person
from tests.workers.house import Here, living

BOB = Person("bob@far.example")
EVE = Person("eve@evil.example")
ALICE = "https://home.example/users/alice"
NOTE = "https://far.example/notes/1"


class Mill:
    """An intake at work."""

    def __init__(self, here: Here) -> None:
        self.here, self.bell = here, Bell()
        self.fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
        here.hub.on(InboundQueued, self.bell)
        self.intake = Intake(
            here.db, self.fetcher, here.clock, self.bell, identity=here.identity, aside=Aside(threads=False)
        )

    async def put(self, *activities: dict[str, Any] | bytes, actor: str = BOB.uri, personal: bool = False) -> None:
        for activity in activities:
            await self.here.db.write(put, activity, actor, personal)
        self.bell.ring()

    async def outcomes(self) -> list[tuple[str, str | None]]:
        """(state, reason) of all rows, in the order of arrival."""
        return await self.here.db.read(outcomes)


def put(tx: Tx, activity: dict[str, Any] | bytes, actor: str, personal: bool) -> None:
    body = activity if isinstance(activity, bytes) else msgspec.json.encode(activity)
    number = tx.one("SELECT count(*) FROM inbound")[0]
    try:
        envelope = open_envelope(body)
        id_, type_, key = envelope.id, envelope.type, envelope.order_key
    except Malformed:
        id_, type_, key = None, "?", f"?{number}"
    arriving = Arriving(
        actor=actor,
        activity=id_ or f"sha256:{number}",
        type=type_,
        host=actor.split("/")[2],
        order_key=key,
        personal=personal,
        body=body,
    )
    assert inbound.put(tx, arriving)


def outcomes(tx: Tx) -> list[tuple[str, str | None]]:
    return tx.all("SELECT state, reason FROM inbound ORDER BY received_at, id")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


@asynccontextmanager
async def milling(here: Here) -> AsyncIterator[Mill]:
    mill = Mill(here)
    async with trio.open_nursery() as nursery:
        await nursery.start(mill.intake.run)
        yield mill
        nursery.cancel_scope.cancel()


def create(note: dict[str, Any], actor: str = BOB.uri, **changes: Any) -> dict[str, Any]:
    return {"id": f"{note['id']}/create", "type": "Create", "actor": actor, "object": note} | changes


def about(type_: str, object_: Any, *, number: int = 1, actor: str = BOB.uri) -> dict[str, Any]:
    return {"id": f"{actor}#{type_}/{number}", "type": type_, "actor": actor, "object": object_}


async def befriend(here: Here, person: Person = BOB) -> Account:
    """Let the owner follow somebody whom we know."""
    person.settle(here.http)
    account = await here.know(f"{person.username}@{person.host}")
    await here.db.write(_follow, account)
    return account


def _follow(tx: Tx, account: Account) -> None:
    following.follow(tx, account)
    known = follows.find(tx, accounts.owner(tx).id, account.id)
    assert known is not None
    follows.accept(tx, known.id)


def uris(tx: Tx) -> list[str]:
    return [uri for (uri,) in tx.all("SELECT uri FROM posts ORDER BY uri")]


async def test_a_post_by_whom_we_follow(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)

    async with milling(here) as mill:
        await mill.put(create(BOB.note()))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]
        post = await here.db.read(posts.find_uri, NOTE)
        assert post is not None
        assert post.in_home


@pytest.mark.parametrize(("days", "asked"), [(6, 0), (8, 1)])
async def test_who_was_not_looked_at_for_a_week(here: Here, autojump_clock: MockClock, days: int, asked: int) -> None:
    """Whoever does something is asked for their profile again, once, when there is time."""
    await befriend(here)

    async with milling(here) as mill:
        await trio.sleep(days * 24 * 3600)
        await mill.put(create(BOB.note(1)))
        await mill.put(create(BOB.note(2)))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)] * 2
        assert await here.db.read(_errands, BOB.uri) == asked


def _errands(tx: Tx, uri: str) -> int:
    (number,) = tx.one("SELECT count(*) FROM fetches WHERE uri = ? AND kind = 'object'", uri)
    return int(number)


async def test_a_strangers_follow(here: Here, autojump_clock: MockClock) -> None:
    """Who is unknown is fetched first; nobody is judged unseen."""
    BOB.settle(here.http)

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]
        account = await here.db.read(accounts.find_uri, BOB.uri)
        assert account is not None
        assert await here.db.read(is_followed_by, account)


def is_followed_by(tx: Tx, account: Account) -> bool:
    return follows.has(tx, account.id, accounts.owner(tx).id)


async def test_rows_about_one_thing_keep_their_order(here: Here, autojump_clock: MockClock) -> None:
    """The first waits for its author for a while; the second, about the same note, is not handled before it."""
    BOB.settle(here.http)
    here.http.slow["far.example"] = 0.5
    note = BOB.note(to=[ALICE])

    async with milling(here) as mill:
        await mill.put(create(note, cc=[]), about("Delete", NOTE))
        await trio.sleep(10)

        assert await mill.outcomes() == [("done", None), ("done", None)]
        assert await here.db.read(uris) == []


async def test_one_slow_row_holds_up_only_its_like(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)
    EVE.settle(here.http)
    here.http.slow["evil.example"] = 1.0

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE, actor=EVE.uri), actor=EVE.uri)
        await mill.put(create(BOB.note()))
        await trio.sleep(0.1)
        assert [state for state, _ in await mill.outcomes()] == ["waiting", "done"]

        await trio.sleep(5)
        assert [state for state, _ in await mill.outcomes()] == ["done", "done"]


async def test_slow_followers_hold_up_no_others(here: Here, autojump_clock: MockClock) -> None:
    """All Follows are about the owner; only those by one and the same keep their order."""
    BOB.settle(here.http)
    EVE.settle(here.http)
    here.http.slow["evil.example"] = 0.5

    async with milling(here) as mill:
        undo = about("Undo", about("Follow", ALICE, actor=EVE.uri), actor=EVE.uri)
        await mill.put(about("Follow", ALICE, actor=EVE.uri), undo, actor=EVE.uri)
        await mill.put(about("Follow", ALICE))
        await trio.sleep(0.1)
        assert [state for state, _ in await mill.outcomes()] == ["waiting", "waiting", "done"]

        await trio.sleep(5)
        assert [state for state, _ in await mill.outcomes()] == ["done", "done", "done"]
        assert await here.db.read(followers) == [BOB.uri]


def followers(tx: Tx) -> list[str]:
    return follows.uris(tx, accounts.owner(tx).id, followers=True, limit=9)


async def test_what_takes_too_long_is_parked_and_wakes(here: Here, autojump_clock: MockClock) -> None:
    """The row frees its place; the search goes on, and what it finds wakes the row at once."""
    BOB.settle(here.http)
    here.http.slow["far.example"] = 3.0

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(2.5)
        assert await mill.outcomes() == [("parked", f"{BOB.uri} is still being fetched.")]

        await trio.sleep(4)  # actor and webfinger take three seconds each; the back-off would be thirty
        assert await mill.outcomes() == [("done", None)]


async def test_a_crowd_of_strangers_takes_turns(here: Here, autojump_clock: MockClock) -> None:
    """More than may be looked up at once wait a moment for their turn: the back-off would be thirty seconds."""
    crowd = [Person(f"p@far{number}.example") for number in range(AT_ONCE + 100)]
    for number, person in enumerate(crowd):
        person.settle(here.http)
        here.http.slow[person.host] = 0.5 if number % 32 else 0.1

    async with milling(here) as mill:
        await here.db.write(lambda tx: [put(tx, about("Follow", ALICE, actor=p.uri), p.uri, False) for p in crowd])
        mill.bell.ring()
        await trio.sleep(5)

        assert {state for state, _ in await mill.outcomes()} == {"done"}
        assert here.http.most_at_once <= AT_ONCE


async def test_who_waits_for_slow_servers_frees_the_place_at_once(here: Here, autojump_clock: MockClock) -> None:
    """What arrived behind a crowd that takes its time is not held up until the first of them is there."""
    crowd = [Person(f"p@far{number}.example") for number in range(WINDOW + 1)]
    for person in crowd[:-1]:
        person.settle(here.http)
        here.http.slow[person.host] = 0.9
    crowd[-1].settle(here.http)
    await here.db.write(lambda tx: [put(tx, about("Follow", ALICE, actor=p.uri), p.uri, False) for p in crowd])

    async with milling(here) as mill:
        await trio.sleep(0.5)

        assert (await mill.outcomes())[-1] == ("done", None)


async def test_a_server_that_is_down_is_waited_for(here: Here, autojump_clock: MockClock) -> None:
    here.http.pages[BOB.uri] = NoAnswer("connect", "far.example takes no connection")

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(24 * 3600)
        assert await mill.outcomes() == [("parked", "far.example takes no connection")]

        BOB.settle(here.http)
        await trio.sleep(13 * 3600)
        assert await mill.outcomes() == [("done", None)]


async def test_a_server_that_stays_down_is_given_up(here: Here, autojump_clock: MockClock) -> None:
    here.http.pages[BOB.uri] = NoAnswer("connect", "down")

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(4 * 24 * 3600)

        assert await mill.outcomes() == [("ignored", "For three days: down")]
        assert here.http.count(BOB.uri) < 20


@pytest.mark.parametrize(
    ("status", "type_", "state"),
    [
        (404, "", "ignored"),
        (410, "", "ignored"),
        (403, "", "parked"),
        (500, "", "parked"),
        (200, "text/html", "parked"),
    ],
)
async def test_only_a_clear_answer_ends_it(
    here: Here, autojump_clock: MockClock, status: int, type_: str, state: str
) -> None:
    here.http.put(BOB.uri, b"", type_=type_, status=status)

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(1)

        assert [state for state, _ in await mill.outcomes()] == [state]


async def test_another_fetch_wakes_it_too(here: Here, autojump_clock: MockClock) -> None:
    here.http.pages[BOB.uri] = NoAnswer("connect", "down")

    async with milling(here) as mill:
        await mill.put(about("Follow", ALICE))
        await trio.sleep(3600)
        BOB.settle(here.http)
        await Finder(mill.here.db, mill.fetcher).handle("bob@far.example")
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]


@pytest.mark.parametrize(
    "poison",
    [b"", b"[]", b"{", b'{"type": "Create"}', b"[" * 1000, b'{"type":"Create","actor":"x"}', b"\xff\xfe"],
)
async def test_bad_rows_are_ignored_with_a_reason(here: Here, autojump_clock: MockClock, poison: bytes) -> None:
    await befriend(here)

    async with milling(here) as mill:
        await mill.put(poison, create(BOB.note()))
        await trio.sleep(1)

        first, second = await mill.outcomes()
        assert first[0] == "ignored"
        assert first[1]
        assert second == ("done", None)


async def test_a_row_that_makes_us_stumble(
    here: Here, autojump_clock: MockClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of ours costs one row some attempts, and leaves its traces; the loop goes on."""
    await befriend(here)

    def stumble(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(registry.HANDLERS, registry.Like, stumble)

    async with milling(here) as mill:
        with caplog.at_level(logging.CRITICAL, logger="smallfed.workers.intake"):
            await mill.put(about("Like", "https://home.example/users/alice/notes/1"), create(BOB.note()))
            await trio.sleep(1)
            assert await mill.outcomes() == [("parked", "a bug"), ("done", None)]

            await trio.sleep(24 * 3600)
            assert (await mill.outcomes())[0] == ("ignored", "ZeroDivisionError('a bug'), 5 times.")


async def test_everything_is_there_after_a_restart(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Rows in hand when we died are handled at once after the restart, not when their lease runs out."""
    async with living(tmp_path) as here:
        await befriend(here)
        mill = Mill(here)
        await mill.put(create(BOB.note(1)), create(BOB.note(2)))
        await here.db.write(inbound.claim, limit=1)

    async with living(tmp_path) as here, milling(here) as mill:
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None), ("done", None)]
        assert await here.db.read(uris) == [NOTE, "https://far.example/notes/2"]


async def test_many_rows_in_many_lanes(here: Here, autojump_clock: MockClock) -> None:
    """More than the window holds, some about one thing and some not: all are done, each once."""
    await befriend(here)
    notes = [create(BOB.note(number)) for number in range(300)]
    again = [
        about("Update", BOB.note(7, content=f"<p>{n}</p>", updated=f"2026-03-01T12:00:{n:02}Z"), number=n)
        for n in range(60)
    ]

    async with milling(here) as mill:
        await mill.put(*notes, *again)
        await trio.sleep(5)

        assert set(await mill.outcomes()) == {("done", None)}
        assert len(await here.db.read(uris)) == 300
        post = await here.db.read(posts.find_uri, "https://far.example/notes/7")
        assert post is not None
        assert post.content == "<p>59</p>"
        assert await here.db.read(inbound.waiting) == 0


async def test_a_large_activity(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)
    text = "<p>" + "word " * 30_000 + "</p>"

    async with milling(here) as mill:
        await mill.put(create(BOB.note(content=text)))
        await trio.sleep(1)

        post = await here.db.read(posts.find_uri, NOTE)
        assert post is not None
        assert len(post.content) > 100_000


# Read at its origin ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "object_",
    [
        pytest.param(NOTE, id="by id only"),
        pytest.param(BOB.note(attributedTo=BOB.uri, content="forged"), id="embedded by somebody else"),
    ],
)
async def test_the_origin_is_asked(here: Here, autojump_clock: MockClock, object_: Any) -> None:
    """What eve says of bob's note is not believed: the note is read at bob's server, and concerns us or not."""
    EVE.settle(here.http)
    BOB.settle(here.http)
    mention = [{"type": "Mention", "href": ALICE, "name": "@alice@home.example"}]
    here.http.put(NOTE, BOB.note(tag=mention, cc=[ALICE]))

    async with milling(here) as mill:
        await mill.put({"id": f"{EVE.uri}#1", "type": "Create", "actor": EVE.uri, "object": object_}, actor=EVE.uri)
        await trio.sleep(5)

        assert await mill.outcomes() == [("done", None)]
        post = await here.db.read(posts.find_uri, NOTE)
        assert post is not None
        assert post.content == "<p>Note 1</p>"
        assert await here.db.read(notified) == ["mention"]


def notified(tx: Tx) -> list[str]:
    return [type_ for (type_,) in tx.all("SELECT type FROM notifications")]


async def test_what_is_nothing_to_us_at_its_origin_is_not_kept(here: Here, autojump_clock: MockClock) -> None:
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note())

    async with milling(here) as mill:
        await mill.put({"id": f"{EVE.uri}#1", "type": "Create", "actor": EVE.uri, "object": NOTE}, actor=EVE.uri)
        await trio.sleep(5)

        [(state, reason)] = await mill.outcomes()
        assert (state, reason) == ("ignored", "It has nothing to do with the owner, and its author is unknown.")
        assert await here.db.read(uris) == []


async def test_a_profile_that_is_only_named_is_read(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)
    here.http.put(BOB.uri, BOB.actor(name="Robert"))

    async with milling(here) as mill:
        await mill.put(about("Update", BOB.uri))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]
        account = await here.db.read(accounts.find_uri, BOB.uri)
        assert account is not None
        assert account.name == "Robert"


async def test_a_new_name_is_confirmed(here: Here, autojump_clock: MockClock) -> None:
    """An Update with another handle counts when WebFinger says so."""
    await befriend(here)
    renamed = BOB.actor(preferredUsername="robert")
    here.http.put(BOB.uri, renamed)
    finger = {"subject": "acct:robert@far.example", "links": BOB.webfinger()["links"]}
    url = "https://far.example/.well-known/webfinger?resource=acct:robert@far.example"
    here.http.put(url, finger, type_="application/jrd+json")

    async with milling(here) as mill:
        await mill.put(about("Update", renamed))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]
        account = await here.db.read(accounts.find_uri, BOB.uri)
        assert account is not None
        assert account.handle == "robert@far.example"


async def test_a_new_name_with_a_new_key(here: Here, autojump_clock: MockClock) -> None:
    """The door has seen the new document already; the name in the database is still the old one."""
    await befriend(here)
    here.http.put(BOB.uri, BOB.actor(preferredUsername="robert"))

    async with milling(here) as mill:
        await mill.fetcher.refreshed_key(BOB.key_id)
        await mill.put(about("Update", BOB.actor(preferredUsername="robert")))
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]


async def test_nobody_addresses_us_in_somebody_elses_name(here: Here, autojump_clock: MockClock) -> None:
    """What eve passes on to our own inbox is not addressed to us by bob; what bob sends there in secret is."""
    BOB.settle(here.http)
    here.http.put(NOTE, BOB.note(to=[f"{BOB.uri}/followers"], cc=[]))
    forward = {"id": f"{EVE.uri}#1", "type": "Create", "actor": EVE.uri, "object": NOTE}

    async with milling(here) as mill:
        await mill.put(forward, actor=EVE.uri, personal=True)
        await mill.put({**forward, "id": f"{BOB.uri}#1", "actor": BOB.uri}, personal=True)
        await trio.sleep(3)

        assert [state for state, _ in await mill.outcomes()] == ["ignored", "done"]


async def test_we_hear_nothing_of_ourselves(here: Here, autojump_clock: MockClock) -> None:
    async with milling(here) as mill:
        await mill.put(about("Delete", ALICE, actor=ALICE), actor=ALICE)
        await trio.sleep(1)

        assert await mill.outcomes() == [("ignored", "Our own activities are not taken from outside.")]


async def test_a_boost_by_whom_we_follow_brings_the_post(here: Here, autojump_clock: MockClock) -> None:
    await befriend(here)
    EVE.settle(here.http)
    note = EVE.note()
    here.http.put(note["id"], note)

    async with milling(here) as mill:
        await mill.put({**about("Announce", note["id"]), "to": [f"{AS2}#Public"]})
        await trio.sleep(1)

        assert await mill.outcomes() == [("done", None)]
        assert await here.db.read(uris) == [note["id"], f"{BOB.uri}#Announce/1"]


async def test_strangers_make_us_fetch_nothing(here: Here, autojump_clock: MockClock) -> None:
    activities = [about("Announce", NOTE), about("Like", NOTE), about("Delete", BOB.uri), about("Undo", f"{BOB.uri}#1")]

    async with milling(here) as mill:
        await mill.put(*activities)
        await trio.sleep(1)

        assert [state for state, _ in await mill.outcomes()] == ["ignored"] * 4
        assert here.http.asked == []


async def test_forged_senders_have_no_effect(here: Here, autojump_clock: MockClock) -> None:
    """The row says who signed; what the body says is only believed where both are one."""
    await befriend(here)
    check: Callable[[Tx], object] = lambda tx: tx.all("SELECT count(*) FROM follows")  # noqa: E731
    before = await here.db.read(check)

    async with milling(here) as mill:
        for number, (type_, object_) in enumerate((("Follow", ALICE), ("Block", ALICE), ("Delete", BOB.uri))):
            await mill.put(about(type_, object_, number=number), actor=EVE.uri)
        await trio.sleep(1)

        assert [state for state, _ in await mill.outcomes()] == ["ignored"] * 3
        assert await here.db.read(check) == before
