"""What a note costs the database: nothing creeps into the way that everything takes which comes to the inbox."""

from typing import Any

import pytest
from msgspec import json

from smallfed.domain.account import Account
from smallfed.domain.incoming import Arrival
from smallfed.inbox.outcome import Done
from smallfed.services import consequences
from smallfed.store import inbound, posts
from smallfed.store.inbound import Claimed
from smallfed.store.tx import Tx
from smallfed.workers import intake
from tests.conftest import Know
from tests.workers.far import AS2
from tests.workers.test_intake import put
from tests.world import befriend

PUBLIC = f"{AS2}#Public"


@pytest.fixture
def bob(tx: Tx, know: Know, owner: Account) -> Account:
    """Return somebody whom the owner follows; everything follows from what he says."""
    bob = know("bob@far.example")
    befriend(tx, owner, bob)
    tx.then = consequences.follow
    return bob


def note(bob: Account, number: int, **fields: Any) -> dict[str, Any]:
    """Return a public note as it is sent."""
    uri = f"{bob.uri}/notes/{number}"
    said = {"id": uri, "type": "Note", "attributedTo": bob.uri, "content": "<p>hello</p>", "to": [PUBLIC]}
    return {"@context": AS2, "id": f"{uri}/create", "type": "Create", "actor": bob.uri, "object": said | fields}


def statements(tx: Tx, activity: dict[str, Any]) -> list[str]:
    """Take an activity in as the loop does; return what is asked of the database, but not what it asks of itself."""
    put(tx, activity, activity["actor"], personal=False)
    (row,) = inbound.claim(tx, limit=10)
    incoming = intake.understood(row, json.encode(activity))
    tx.known.clear()
    found: list[str] = []
    tx.sql.set_trace_callback(found.append)
    outcome = intake.take(tx, row, incoming, arrival(row))
    tx.sql.set_trace_callback(None)
    assert outcome == Done()
    assert posts.find_uri(tx, activity["object"]["id"]) is not None
    return [statement for statement in found if not statement.startswith("--")]


def arrival(row: Claimed) -> Arrival:
    return Arrival(actor=row.actor, personal=row.personal, received_at=row.received_at)


def named(owner: Account) -> dict[str, Any]:
    """Return what makes a note one that names the owner, with a link and a hashtag."""
    link = '<p>hello <a href="https://example.org/">link</a></p>'
    tags = [{"type": "Mention", "href": owner.uri}, {"type": "Hashtag", "name": "#tag"}]
    return {"cc": [owner.uri], "tag": tags, "content": link}


def test_what_a_note_costs(tx: Tx, owner: Account, bob: Account) -> None:
    """The second of a kind: what the first has to make stays."""
    bare = [statements(tx, note(bob, number)) for number in (1, 2)][-1]
    full = [statements(tx, note(bob, number, **named(owner))) for number in (3, 4)][-1]

    assert len(bare) <= 31, "\n".join(bare)
    assert len(full) <= 49, "\n".join(full)


def test_nothing_is_asked_twice(tx: Tx, owner: Account, bob: Account) -> None:
    """But whether a server is blocked: too much can change that for an answer to be remembered."""
    asked = [statements(tx, note(bob, number, **named(owner))) for number in (1, 2)][-1]

    assert [one for one in asked if asked.count(one) > 1 and "domain_blocks" not in one] == []
