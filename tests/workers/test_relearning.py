"""What an older version did not understand is understood after an upgrade, once, however often it is replayed."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smallfed.domain.account import Kind
from smallfed.domain.poll import Option, Poll
from smallfed.services import replaying
from smallfed.store import accounts, migrations, polls, posts
from smallfed.store.opening import prepare
from smallfed.store.tx import Tx
from tests.workers.far import AS2, Person
from tests.workers.house import NOW, Here, living
from tests.workers.test_intake import ALICE, BOB, befriend, create, milling, put
from tests.world import befriend as make_follow
from tests.world import say

CAROL, DORA, NEW = Person("carol@far.example"), Person("dora@third.example"), Person("dora@new.example")
BIRDS, HAL = Person("birds@lemmy.example"), Person("hal@lemmy.example")
OURS, QUESTION = f"{ALICE}/notes/1", f"{ALICE}/notes/2"
PUBLIC = [f"{AS2}#Public"]
OLD = 2  # migrations that the older version knew
NOT_YET = "QuoteRequest has no meaning here."
Json = dict[str, Any]


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


def act(kind: str, thing: object, *, by: Person = BOB, number: int = 1, **more: object) -> Json:
    return {
        "id": f"https://{by.host}/activities/{kind}/{number}",
        "type": kind,
        "actor": by.uri,
        "object": thing,
        **more,
    }


def vote(name: str, by: Person) -> Json:
    return {
        "id": f"https://{by.host}/votes/{by.username}/{name}",
        "type": "Note",
        "attributedTo": by.uri,
        "to": [ALICE],
        "inReplyTo": QUESTION,
        "name": name,
    }


QUOTE = BOB.note(20, quote=OURS)
TAG = {"type": "Hashtag", "name": "#cats", "href": f"{BOB.uri}/tagged/cats"}
COLLECTION = f"https://{BOB.host}/collections/1"
PAGE = HAL.note(5, type="Page", name="Herons", to=[BIRDS.uri, *PUBLIC], audience=BIRDS.uri)
ACTIVITIES: list[tuple[Person, Json]] = [
    (BOB, act("QuoteRequest", OURS, instrument=QUOTE)),
    (BOB, create(QUOTE)),
    (BOB, act("Announce", OURS, to=PUBLIC)),
    (BOB, act("EmojiReact", OURS, content="🦆")),
    (BOB, act("Like", OURS, content="🐦", number=2)),
    (BOB, act("Add", TAG, target=f"{BOB.uri}/featured")),
    (BOB, act("FeatureRequest", ALICE, instrument=f"{COLLECTION}/items/1")),
    (CAROL, act("Dislike", OURS, by=CAROL)),
    (CAROL, act("Create", [vote("tea", CAROL), vote("cake", CAROL)], by=CAROL)),
    (BOB, act("Create", vote("tea", BOB), number=3)),
    (DORA, act("Move", DORA.uri, by=DORA, target=NEW.uri)),
    (BIRDS, act("Announce", act("Create", PAGE, by=HAL), by=BIRDS, to=PUBLIC)),
]


def furnish(tx: Tx) -> None:
    """Let two posts of the owner be there, and a follower who votes."""
    owner = accounts.owner(tx)
    accounts.change(tx, owner.id, discoverable=True)
    for uri in (OURS, QUESTION):
        say(tx, owner, uri=uri)
    group = accounts.find_uri(tx, BIRDS.uri)
    assert group is not None
    accounts.change(tx, group.id, kind=Kind.GROUP)
    for person in (BOB, DORA):
        known = accounts.find_uri(tx, person.uri)
        assert known is not None
        accounts.change(tx, known.id, featured=f"{person.uri}/featured")
        make_follow(tx, known, owner)


def leave(tx: Tx) -> None:
    """Let the version of then have ignored all there is."""
    tx.run("UPDATE inbound SET state = 'ignored', reason = ?, settled_at = ?, waiting_for = NULL", NOT_YET, 1)
    tx.run("DELETE FROM inbound_hosts")
    for number, (_, activity) in enumerate(ACTIVITIES):
        row = tx.one("SELECT id FROM inbound WHERE activity = ?", str(activity["id"]))
        assert row is not None, number
        tx.run("INSERT OR REPLACE INTO letters (inbound_id, body) VALUES (?, ?)", row[0], msgspec.json.encode(activity))


def age(new: Path, old: Path) -> None:
    """Make ``old`` the database that an older version would have of what is in ``new``."""
    prepare(old, now=NOW, steps=migrations.steps()[:OLD])
    with closing(sqlite3.connect(old)) as sql:
        sql.execute("ATTACH ? AS new", (str(new),))
        tables = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in tables if not name.startswith(("_", "sqlite_"))]
        for table in tables:
            there = {row[1] for row in sql.execute(f"PRAGMA new.table_info({table})")}
            shared = ", ".join(row[1] for row in sql.execute(f"PRAGMA table_info({table})") if row[1] in there)
            if shared:
                sql.execute(f"DELETE FROM main.{table}")
                sql.execute(f"INSERT INTO main.{table} ({shared}) SELECT {shared} FROM new.{table}")
        sql.commit()
        sql.execute("DETACH new")


def settle(here: Here) -> None:
    """Let everybody be where they live."""
    BOB.settle(here.http, featured=f"{BOB.uri}/featured")
    for person in (CAROL, HAL):
        person.settle(here.http)
    DORA.settle(here.http, movedTo=NEW.uri)
    NEW.settle(here.http, alsoKnownAs=[DORA.uri])
    BIRDS.settle(here.http, type="Group")
    item = {"id": f"{COLLECTION}/items/1", "type": "FeaturedItem", "featuredObject": ALICE}
    here.http.put(f"{COLLECTION}/items/1", {"@context": AS2, "partOf": COLLECTION, **item})
    here.http.put(PAGE["id"], PAGE)


PASSING = {"inbound", "inbound_hosts", "letters", "fetches", "bodies", "deliveries", "hosts", "sqlite_stat1"}
"""Tables that say how the work goes, not what is true."""


Facts = dict[str, list[tuple[Any, ...]]]


def facts(tx: Tx) -> Facts:
    """Everything that is known. When somebody was last seen or asked is not a fact about them."""
    tables = tx.all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_index%'")
    found = {name: sorted(tx.all(f"SELECT * FROM {name}"), key=repr) for (name,) in tables if name not in PASSING}
    found["accounts"] = tx.all("SELECT id, uri, kind, name, moved_to, gone_at FROM accounts ORDER BY id")
    found["sent"] = tx.all("SELECT type, count(*) FROM bodies WHERE type NOT IN ('Accept', 'Reject') GROUP BY type")
    found["boosts"] = tx.all(
        "SELECT a.uri, o.uri FROM posts p JOIN posts o ON o.id = p.boost_of_id JOIN accounts a ON a.id = p.account_id"
        " ORDER BY o.local"
    )
    found["followed"] = tx.all(
        "SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.target_id"
        " WHERE f.follower_id IN (SELECT account_id FROM owners) ORDER BY a.uri"
    )
    return found


async def replay(here: Here) -> list[tuple[str, str, str | None]]:
    """Replay all, and return what came of each."""
    async with milling(here):
        answer = await here.db.write(replaying.again)
        await trio.sleep(30)
    assert answer["again"] == len(ACTIVITIES)
    return await here.db.read(lambda tx: tx.all("SELECT type, state, reason FROM inbound ORDER BY id"))


async def test_after_an_upgrade_all_of_it_is_understood_once(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Rows as a database of the first versions has them; replayed twice, with the same result."""
    async with living(tmp_path) as here:
        for person in (BOB, DORA, BIRDS):
            await befriend(here, person)
        await here.know(f"{CAROL.username}@{CAROL.host}")
        await here.db.write(furnish)
        for sender, activity in ACTIVITIES:
            await here.db.write(put, activity, sender.uri, False)
        await here.db.write(leave)
    (tmp_path / "old").mkdir()
    age(tmp_path / "smallfed.db", tmp_path / "old" / "smallfed.db")
    prepared = prepare(tmp_path / "old" / "smallfed.db", now=NOW)
    assert len(prepared.ran) == len(migrations.steps()) - OLD

    async with living(tmp_path / "old") as here:
        settle(here)
        question = await here.db.read(posts.find_uri, QUESTION)
        assert question is not None
        options = tuple(Option(name=name, title=name) for name in ("tea", "cake"))
        ends_at = here.clock.now() + timedelta(days=30)
        poll = Poll(post_id=question.id, options=options, multiple=True, ends_at=ends_at, voters=0)
        await here.db.write(partial(polls.put, poll=poll))
        first = await replay(here)
        once = await here.db.read(facts)
        await here.db.write(leave)
        second = await replay(here)
        twice = await here.db.read(facts)

    assert [(kind, state, reason) for kind, state, reason in first if state != "done"] == []
    assert [(kind, reason) for kind, state, reason in second if state != "done"] == [
        ("Create", "You have already voted on this poll"),
        ("Create", "You have already voted on this poll"),
        ("Move", "They have moved within the last seven days."),
    ]
    assert twice == once
    assert known(once) == {
        "likes": 3,
        "votes": 3,
        "quotes": 1,
        "featured_tags": 1,
        "moves": 1,
        "stamps": 1,
        "boosts": [(BIRDS.uri, PAGE["id"]), (BOB.uri, OURS)],
        "followed": [BOB.uri, BIRDS.uri, NEW.uri, DORA.uri],
    }


def known(found: Facts) -> dict[str, object]:
    """What of the facts the activities are about."""
    return {
        **{name: len(found[name]) for name in ("likes", "votes", "quotes", "featured_tags", "moves", "stamps")},
        "boosts": found["boosts"],
        "followed": [uri for (uri,) in found["followed"]],
    }


async def test_what_strangers_did_counts_once_they_are_known(here: Here, autojump_clock: MockClock) -> None:
    """Nobody is asked who they are because of a post that is not ours; but it is kept, and replayed."""
    await befriend(here)
    for person in (CAROL, DORA):
        person.settle(here.http)
    note = BOB.note()
    async with milling(here) as mill:
        await mill.put(create(note))
        await trio.sleep(1)
        await mill.put(act("Like", note["id"], by=CAROL), actor=CAROL.uri)
        await mill.put(act("Announce", note["id"], by=DORA, to=PUBLIC), actor=DORA.uri)
        await trio.sleep(1)
        ignored = await mill.outcomes()

        for person in (CAROL, DORA):
            await mill.fetcher.actor(person.uri)
        counted = []
        for _ in range(2):
            await here.db.write(partial(replaying.again, host=CAROL.host))
            await here.db.write(partial(replaying.again, host=DORA.host))
            await trio.sleep(1)
            counted.append(await here.db.read(facts))
            await here.db.write(lambda tx: tx.run("UPDATE inbound SET state = 'ignored', settled_at = 1 WHERE id > 1"))

    assert [reason for _, reason in ignored] == [
        None,
        "A stranger likes a post that is not ours.",
        "A stranger boosts a post that is not ours.",
    ]
    first, second = counted
    assert (len(first["likes"]), first["boosts"]) == (1, [(DORA.uri, note["id"])])
    assert first == second
