"""Requests for consent: whose word it is what comes along with one."""

from typing import Any

import msgspec
import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import RequestDenied, RequestGranted
from smallfed.domain.interaction import Interaction, Policy
from smallfed.inbox.outcome import Ignored, Need
from smallfed.policy.interacting import EVERYBODY
from smallfed.services.consenting import FEATURED
from smallfed.store import policies, posts, stamps
from smallfed.store.tx import Tx
from smallfed.translate import inward
from tests.conftest import Know
from tests.inbox.arriving import ALICE, BOB, CAROL, PUBLIC, arrive
from tests.world import say

OURS = f"{ALICE}/notes/1"
QUOTE = "https://far.example/notes/77"


@pytest.fixture(autouse=True)
def people(tx: Tx, owner: Account, know: Know) -> None:
    """Let there be a post of alice's; bob and carol, who live on the same server, are known."""
    policies.put(tx, say(tx, owner, uri=OURS).id, Policy(quote=EVERYBODY))
    know("bob@far.example")
    know("carol@far.example")


def request(kind: str, instrument: Any, *, number: int = 1, **changes: Any) -> bytes:
    said = {"id": f"{BOB}/requests/{number}", "type": kind, "actor": BOB, "object": OURS, "instrument": instrument}
    return msgspec.json.encode({"@context": "https://www.w3.org/ns/activitystreams"} | said | changes)


def words(kind: str, **changes: Any) -> dict[str, Any]:
    about = {"quote": OURS} if kind == "QuoteRequest" else {"inReplyTo": OURS}
    return {"id": QUOTE, "type": "Note", "content": "<p>I resign</p>", "to": [PUBLIC], **about, **changes}


@pytest.mark.parametrize("kind", ["QuoteRequest", "ReplyRequest"])
@pytest.mark.parametrize("named", [CAROL, [CAROL], [CAROL, BOB], [{"type": "Person", "id": CAROL}, BOB]])
def test_a_neighbour_is_not_put_words_into_the_mouth(tx: Tx, kind: str, named: Any) -> None:
    """Bob asks, with a post that names carol as its author, or both of them: it is bob's, or has to be asked for."""
    outcome = arrive(tx, inward.understand(request(kind, words(kind, attributedTo=named))))

    stored = posts.find_uri(tx, QUOTE)
    by = None if stored is None else stored.account_id
    assert by != tx.one("SELECT id FROM accounts WHERE uri = ?", CAROL)[0]
    assert stored is not None or isinstance(outcome, Need | Ignored)


@pytest.mark.parametrize("number", [2, 300])
def test_a_like_has_one_stamp_however_often_it_is_asked_for(tx: Tx, number: int) -> None:
    for one in range(number):
        arrive(tx, inward.understand(request("LikeRequest", f"{BOB}/likes/{one}", number=one)))

    bob = tx.one("SELECT id FROM accounts WHERE uri = ?", BOB)[0]
    assert len(stamps.of_account(tx, bob, Interaction.LIKE)) == 1


def test_nobody_makes_us_remember_collections_without_end(tx: Tx) -> None:
    """The owner may be featured in so many of one account, and the answer to one more is no."""
    tx.run("UPDATE accounts SET discoverable = 1 WHERE uri = ?", ALICE)
    for one in range(FEATURED + 1):
        asked = request("FeatureRequest", f"{BOB}/collections/{one}", number=one, object=ALICE)
        arrive(tx, inward.understand(asked))

    bob = tx.one("SELECT id FROM accounts WHERE uri = ?", BOB)[0]
    assert len(stamps.of_account(tx, bob, Interaction.FEATURE)) == FEATURED
    assert [type(event) for event in tx.announced[-2:]] == [RequestGranted, RequestDenied]
