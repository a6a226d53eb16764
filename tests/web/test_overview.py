"""The owner's index: what waits, in words, and nothing where nothing does."""

from datetime import timedelta
from pathlib import Path

import pytest

from smallfed.domain import blocklist
from smallfed.domain.account import Account
from smallfed.domain.blocklist import Entry
from smallfed.domain.notification import Handling, Policy
from smallfed.domain.refusal import Path as RefusedAt
from smallfed.domain.relay import State, Style
from smallfed.domain.report import Report
from smallfed.domain.rule import Action, Verdict
from smallfed.domain.subscription import Address, From
from smallfed.runtime.aside import Aside
from smallfed.runtime.room import Room
from smallfed.services import announcing, authorising, notifying, reckoning, relaying, screening, trusting
from smallfed.services.trusting import Trust
from smallfed.store import (
    growth,
    hosts,
    ids,
    inbound,
    notifications,
    push_subscriptions,
    pushes,
    refusals,
    relay_days,
    relays,
    reports,
    tokens,
)
from smallfed.store.growth import Sizes
from smallfed.store.paging import Page
from smallfed.store.refusals import Came
from smallfed.store.tx import Tx
from smallfed.web import awaiting, drafts, overview, storage
from smallfed.web.awaiting import Line
from tests import world
from tests.conftest import Know
from tests.pages.place import Place
from tests.store.test_inbound import arriving
from tests.web.test_drafts import TOMORROW, write
from tests.workers.post_office import queue


def lines(tx: Tx) -> list[Line]:
    return awaiting.waiting(tx, drafts.written(tx), ledger_days=14)


def complain(tx: Tx, about: Account, **columns: object) -> None:
    number = ids.fresh(tx, "reports")
    report = Report(
        id=number,
        account_id=about.id,
        flag=f"https://far.example/flags/{number}",
        created_at=tx.now,
        updated_at=tx.now,
        **columns,  # type: ignore[arg-type]
    )
    reports.put(tx, report)


def test_nothing_waits(tx: Tx, owner: Account) -> None:
    assert lines(tx) == []


@pytest.mark.parametrize(("days", "when"), [(0, "in 14 days"), (12.5, "in 1 day"), (13.5, "within a day")])
def test_what_is_held_says_until_when(tx: Tx, owner: Account, days: float, when: str) -> None:
    verdict = Verdict(Action.HOLD, "It is loud.", "keyword loud")
    for number in range(2):
        came = Came(
            path=RefusedAt.POST,
            actor="https://far.example/users/bob",
            host="far.example",
            type="Note",
            object=str(number),
        )
        refusals.put(tx, came, verdict)
        world.later(tx, days=days)

    world.later(tx, days=-days)

    assert lines(tx) == [
        Line(
            what="2 posts and activities are held by what you have said.",
            where=f"The oldest goes {when}, if you do not let it in.",
            path="/moderation",
        )
    ]


def test_what_asks_for_the_owner(tx: Tx, owner: Account, know: Know) -> None:
    """A report of the owner's own, and one that is done with, ask for nothing."""
    bob, carol = know("bob@far.example"), know("carol@far.example")
    write(tx, "stuck", TOMORROW, "gone")
    for account in (bob, carol):
        world.befriend(tx, account, owner, accepted=False)
    complain(tx, owner, host="far.example")
    complain(tx, owner, host="far.example", acted_at=tx.now)
    complain(tx, bob)

    assert lines(tx) == [
        Line(what="1 post could not be published.", path="/drafts"),
        Line(
            what="2 people ask to follow you.", where="Your app lists them as follow requests, too.", path="/moderation"
        ),
        Line(what="1 report from another server is open.", path="/moderation", command="smallfed reports"),
    ]


def test_what_lists_ask_for(tx: Tx, owner: Account) -> None:
    """What they would block, and which of them is in trouble."""
    known = trusting.subscribe(tx, "https://lists.example/blocks.csv", Trust(weight=2))
    trusting.subscribe(tx, "https://other.example/blocks.csv", Trust())
    trusting.take(tx, known.id, [Entry(subject="bad.example")])
    trusting.finish(tx, known, None, state=blocklist.State.HELD, reason="it is empty, and had 9 entries")
    while reckoning.go_on(tx):
        pass

    assert lines(tx) == [
        Line(what="1 entry of lists that you subscribe to waits for your word.", path="/blocklists"),
        Line(
            what="The list lists.example/blocks is not believed: it is empty, and had 9 entries.",
            path="/blocklists",
        ),
    ]


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        ([], "3 deliveries wait to go out to 2 servers."),
        (["near.example"], "3 deliveries wait to go out to 2 servers; 1 did not answer last time."),
    ],
)
def test_what_is_under_way(tx: Tx, owner: Account, silent: list[str], expected: str) -> None:
    inboxes = ["https://far.example/a", "https://far.example/b", "https://near.example/inbox"]
    queue(tx, inboxes, body="one")
    for host in silent:
        hosts.silent(tx, host, until=tx.now, why="refused")
    inbound.put(tx, arriving())
    (row,) = inbound.claim(tx, limit=1)
    inbound.park(tx, row, due=TOMORROW, reason="lacks a post")

    assert lines(tx) == [
        Line(what=expected, command="smallfed queue"),
        Line(
            what="1 activity of others waits for something that cannot be fetched now.",
            command="smallfed replay",
        ),
    ]


def test_notifications_that_are_held_back_and_pushes_that_wait(tx: Tx, owner: Account, know: Know) -> None:
    bob = know("bob@far.example")
    notifying.tell(tx, "mention", bob.id, world.say(tx, bob, content="<p>hello</p>").id)
    screening.change(tx, Policy(not_following=Handling.FILTER))
    notifying.tell(tx, "mention", bob.id, world.say(tx, bob, content="<p>hello</p>").id)
    token = authorising.grant_by_hand(tx, app="phone", scopes="push", digest=tokens.hashed("a token"))
    address = Address(endpoint="https://push.example/1", host="push.example", p256dh=b"", auth=b"", standard=True)
    phone = push_subscriptions.put(tx, token, address, ["mention"], From.ALL, b"")
    (told,) = notifications.newest(tx, Page())
    pushes.put(tx, phone.id, told.id)

    assert lines(tx) == [
        Line(
            what="Notifications from 1 person are held back.",
            where="Your app lists them as filtered notifications.",
            path="/review",
        ),
        Line(what="1 push notification waits to reach your apps.", command="smallfed queue"),
    ]


async def test_the_owner_comes_home(place: Place) -> None:
    """What was announced, what waits and what is coming stand at the top; a stranger is asked who they are."""
    owner = await place.owner()
    quiet = await owner.get("/owner")
    await place.do(announcing.announce, "The **disk** is new.")
    await place.do(write, "a draft")
    await place.do(write, "later", TOMORROW)
    await place.do(write, "stuck", TOMORROW - timedelta(days=9), "gone")

    page = await owner.get("/owner")

    assert "Nothing. Everything is sent, and nobody asks for anything." in quiet.text
    for words in (
        "<strong>disk</strong> is new.",
        '<a href="/drafts">1 post could not be published.</a>',
        "1 post for later, the next on <time",
        "1 draft.",
        "None has been let in yet.",
        "1 is logged in, this one included.",
    ):
        assert words in page.text
    assert (await place.browser().get("/owner")).headers["location"] == "/login?next=/owner"


async def room(*, budget: int | None, free: int) -> Room:
    """Return the room on a disk of 100 GB of which 1 GB is to be left free."""
    made = Room(Path(), Aside(threads=False), budget=budget, reserve=10**9, look=lambda _: (free, 10**11))
    await made.look()
    return made


async def test_what_takes_the_room_there_is(tx: Tx, owner: Account) -> None:
    yesterday = growth.day(tx.now) - 1
    tx.run("INSERT INTO growth VALUES (?, 'boost', 'far.example', 1, 1000000, 1, 2000000)", yesterday)
    tx.run("INSERT INTO growth VALUES (?, 'follow', 'near.example', 1, 1000000, 1, 0)", yesterday)
    for day in range(7):
        growth.measured(tx, Sizes(day=yesterday - day, database=10**10 - day * 10**8, own=0, copies=0, free=0))
    ample = await room(budget=10**10, free=5 * 10**10)
    ample.measured(own=10**9)

    said = storage.look(tx, ample)
    endless = storage.look(tx, await room(budget=None, free=5 * 10**8 + 1))
    short = storage.look(tx, await room(budget=10**10, free=0))

    assert (said.warning, said.used) == ("", 0.1)
    assert said.lines[0].startswith("Pictures and films: 1.0 GB of 10 GB, 1.0 GB of it yours. Database: ")
    assert said.lines[1:] == [
        "The disk has 50 GB of 100 GB left; as it went lately, it is full in 490 days.",
        "Yesterday 4.0 MB came, 75% of it from far.example.",
    ]
    assert endless.used is None
    assert endless.warning == "The disk is nearly full: pictures of others are shown, but not kept any more."
    assert "uploads are refused" in short.warning
    assert short.lines[1] == "The disk has 0 bytes of 100 GB left; as it went lately, it is full in 0 days."


async def test_news_that_an_app_has_put_away_is_not_shown(tx: Tx, owner: Account) -> None:
    first, second = (announcing.announce(tx, text) for text in ("one", "two"))
    announcing.dismiss(tx, first.id)

    assert overview._glance(tx, await room(budget=None, free=10**11), 14).news == [second.content]


async def test_relays_with_their_bills(place: Place) -> None:
    """What each brought and cost, and which one may be dropped."""
    owner = await place.owner()
    before = await owner.get("/owner")

    def bring(tx: Tx) -> None:
        relay = relaying.add(tx, "https://relay.example/inbox", style=Style.MASTODON)
        long_ago = tx.now - timedelta(days=31)
        relays.change(tx, relay.id, state=State.ACCEPTED, actor="https://relay.example/actor", answered_at=long_ago)
        relay_days.add(tx, relay.id, heard=1700, posts=12, bytes=2_000_000, fetches=30, cpu=1_250_000)

    await place.do(bring)
    page = await owner.get("/owner")

    assert "<h2>Relays</h2>" not in before.text
    for words in (
        "https://<wbr>relay.<wbr>example/<wbr>inbox: accepted",
        "it brought 12 posts of 1,700 it offered. You were shown 0, and did something about 0.",
        "It cost 2.0 MB, 30 requests and 1.2 s of processor time.",
        "Nothing of what it brought was looked at for a month. Drop this relay?",
    ):
        assert words in page.text
