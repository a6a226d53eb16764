"""Clearing: after a farewell every table is empty but for what answers that the owner has left."""

from smallfed.domain.account import Account
from smallfed.services import leaving
from smallfed.store import bodies, clearing, farewells, likes, mentions
from smallfed.store.likes import Like
from smallfed.store.tx import Tx
from tests.conftest import Know
from tests.world import befriend, say, wrap


def clear(tx: Tx) -> dict[str, int]:
    """Clear everything; return how many rows went, by table."""
    gone: dict[str, int] = {}
    for table in clearing.tables(tx):
        while count := clearing.clear(tx, table):
            gone[table.name] = gone.get(table.name, 0) + count
    return gone


def fill(tx: Tx, owner: Account, know: Know) -> None:
    """Boosts older than what they boost, answers, likes: rows that hold each other."""
    bob = know("bob@far.example")
    befriend(tx, bob, owner)
    for number in range(clearing.SLICE + 50):
        post = say(tx, owner, id=10_000 + number)
        wrap(tx, bob, post, id=number + 2)
        mentions.put(tx, post.id, bob.id)
        if number % 100 == 0:
            likes.put(tx, Like(id=number, account_id=bob.id, post_id=post.id, uri=None, created_at=tx.now))
    say(tx, bob, in_reply_to_id=10_000, in_reply_to_account_id=owner.id)


def test_everything_goes_but_what_stays(tx: Tx, owner: Account, know: Know) -> None:
    fill(tx, owner, know)
    leaving.leave(tx, owner.handle)

    gone = clear(tx)

    counts = {table.name: tx.one(f"SELECT count(*) FROM {table.name}")[0] for table in clearing.tables(tx)}
    assert {name: count for name, count in counts.items() if count} == {"accounts": 1}
    assert gone["posts"] + gone["mentions"] + gone["likes"] > 1000
    assert tx.all("PRAGMA foreign_key_check") == []


def test_nothing_is_cleared_in_one_breath(tx: Tx, owner: Account, know: Know) -> None:
    fill(tx, owner, know)
    posts = next(table for table in clearing.tables(tx) if table.name == "posts")

    assert clearing.clear(tx, posts) <= 2 * clearing.SLICE


def test_every_table_that_stays_exists(tx: Tx) -> None:
    names = {name for (name,) in tx.all("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert set(clearing.STAYS) <= names


def test_who_is_told(tx: Tx, owner: Account, know: Know) -> None:
    """Everybody ever known, each inbox once: blocked or blocking, and those gone whose neighbours may be there."""
    know("bob@far.example")
    know("carol@far.example")
    know("dora@lone.example", shared_inbox=None)
    know("eve@left.example", shared_inbox=None, gone_at=tx.now)
    know("frida@moved.example", gone_at=tx.now)
    know("mallory@evil.example")
    tx.run("INSERT INTO domain_blocks (id, domain, created_at) VALUES (1, 'evil.example', 0)")
    prospect = farewells.prospect(tx)
    farewells.put(tx)

    hosts = farewells.tell(tx, bodies.put(tx, activity="a", type_="Delete", body=b""))

    inboxes = [inbox for (inbox,) in tx.all("SELECT inbox FROM deliveries ORDER BY inbox")]
    assert inboxes == [
        "https://far.example/inbox",
        "https://lone.example/users/dora/inbox",
        "https://moved.example/inbox",
    ]
    assert hosts == 3
    assert (prospect.inboxes, prospect.hosts, prospect.blocked) == (3, 3, 1)
