"""Ten thousand activities that are a little, or very, wrong: rules 28, 29 and 32 against a real process.

None ends in an error of ours, all that was answered 202 is settled, and whatever had no effect has its reason.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import pytest

from smallfed.protocol.signatures.signing import sign
from tests.outside.conftest import ALICE
from tests.outside.looking import Memory, answering, bugs, rows, settled
from tests.processes import Server, eventually
from tests.strangers import Document, Stranger
from tests.wire.mutation import mutated, seeds

MANY = 10_000
SENDERS = 4
LARGEST = 1 << 20
GROWS = 50.0  # MB
KINDS = (
    *("Create", "Update", "Announce", "Like", "EmojiReact", "Dislike", "Delete", "Undo", "Follow", "Accept", "Reject"),
    *("Add", "Remove", "Move", "Block", "Lock", "Flag", "View", "Join"),
    *("QuoteRequest", "ReplyRequest", "LikeRequest", "AnnounceRequest", "FeatureRequest"),
)


def wrong(bob: Stranger, target: str, number: int) -> Document:
    """Return an activity of bob's, mutated; some of what it names is the house's."""
    dice = random.Random(number)
    document = dice.choice(SEEDS)
    activity = _activity(document, dice)
    text = json.dumps(mutated(activity, dice))
    for host in _hosts(document):
        text = text.replace(f"https://{host}/", f"{bob.base}/" if dice.random() < 0.7 else "https://home.example/")
    changed: Document = json.loads(text)
    if isinstance(changed.get("object"), dict) and dice.random() < 0.7:
        changed["object"] |= {"id": f"{bob.base}/objects/{number}", "attributedTo": bob.id}
    elif dice.random() < 0.4:
        changed["object"] = target if dice.random() < 0.5 else ALICE
    if dice.random() < 0.9:
        changed["type"] = activity["type"]
    return changed | {"actor": bob.id, "id": f"{bob.base}/wrong/{number}"}


def _activity(document: Document, dice: random.Random) -> Document:
    if "actor" in document and "object" in document and "type" in document:
        return document
    kind = dice.choice(("Create", "Update") if dice.random() < 0.6 else KINDS)
    return {"type": kind, "object": document, "to": document.get("to"), "cc": document.get("cc")}


def _hosts(document: Document) -> set[str]:
    places = (document.get(name) for name in ("id", "actor", "attributedTo"))
    return {place.split("/")[2] for place in places if isinstance(place, str) and place.startswith("https://")}


SEEDS = seeds()


class Sender:
    """One connection on which bob says many things."""

    def __init__(self, home: Server, bob: Stranger) -> None:
        self._home, self._bob = home, bob
        self._connection = HTTPConnection("127.0.0.1", home.port, timeout=30)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def post(self, activity: Document) -> int:
        """Send one; return the status."""
        body = json.dumps(activity).encode()
        if len(body) > LARGEST:  # has tests of its own, and would end the connection
            return 413
        url = f"https://{self._home.domain}/inbox"
        headers = sign(
            "POST", url, body, key_id=self._bob.key_id, key=self._bob.key, now=datetime.now(UTC), scheme="cavage"
        )
        self._connection.request("POST", "/inbox", body, dict(headers))
        answer = self._connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture(scope="module")
def post(home: Server, token: str) -> dict[str, Any]:
    """A post of the house that they are about, if they are about anything."""
    return home.api("POST", "/api/v1/statuses", token, status="what all of it is about")


def test_ten_thousand(home: Server, bob: Stranger, token: str, post: dict[str, Any]) -> None:
    account = home.api("GET", "/api/v2/search?q=@bob@far.example&resolve=true", token)["accounts"][0]
    home.api("POST", f"/api/v1/accounts/{account['id']}/follow", token)
    follow = eventually(lambda: next((a for a in bob.received if a["type"] == "Follow"), None))
    assert bob.post(home, bob.activity("Accept", follow)).status == 202
    for number in range(100):  # whatever is loaded lazily is loaded
        bob.post(home, bob.create(bob.note(f"<p>{number}</p>")))
    settled(home)
    memory = Memory(home)

    with answering(home, "/api/v1/timelines/home", token):
        statuses = Counter(_all_sent(home, bob, post["uri"]))
        settled(home, within=60)

    assert sum(statuses.values()) == MANY
    assert {status for status in statuses if status >= 500} == set()
    assert statuses[202] > MANY * 0.9
    assert bugs(home) == []
    assert rows(home, "SELECT state, type FROM inbound WHERE state IN ('ignored', 'parked') AND reason IS NULL") == []
    assert _without_a_reason(home) == 0
    assert memory.moved < GROWS


def _all_sent(home: Server, bob: Stranger, target: str) -> Iterator[int]:
    def send(first: int) -> list[int]:
        with closing(Sender(home, bob)) as sender:
            return [sender.post(wrong(bob, target, number)) for number in range(first, MANY, SENDERS)]

    with ThreadPoolExecutor(SENDERS) as threads:
        for statuses in threads.map(send, range(SENDERS)):
            yield from statuses


def _without_a_reason(home: Server) -> int:
    """Return how many were neither done nor kept with a reason."""
    states = dict(rows(home, "SELECT state, count(*) FROM inbound WHERE activity LIKE '%/wrong/%' GROUP BY state"))
    return sum(count for state, count in states.items() if state not in ("done", "ignored", "parked"))
