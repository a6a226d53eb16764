"""What somebody hands over: true by a proof of its actor, or by the word of its origin, or not at all."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock

from smallfed.domain.account import Account
from smallfed.domain.incoming import Handed
from smallfed.errors import SmallfedError
from smallfed.protocol.signatures import proofs
from smallfed.protocol.signatures.keys import PrivateKey, PublicKey, generate_ed25519
from smallfed.runtime.no_answer import NoAnswer
from smallfed.store import accounts, likes, posts
from smallfed.store.tx import Tx
from smallfed.translate import inward
from smallfed.workers.proving import SMALL, _fresh
from tests import world
from tests.workers.far import AS2, Person
from tests.workers.house import Here, living
from tests.workers.test_intake import ALICE, BOB, EVE, NOTE, Mill, about, create, milling, uris

PROOF_KEY = f"{BOB.uri}#ed25519-key"
CONTEXT = [AS2, "https://w3id.org/security/data-integrity/v2"]
OURS = f"{ALICE}/notes/1"
MALLORY = Person("mallory@evil.example")
NOW = world.NOW
Json = dict[str, Any]


def prover(person: Person = BOB, key: PublicKey | None = None) -> Json:
    """The part of an actor document that says which key makes proofs."""
    multibase = (key or person.key.public).multibase()
    method = {"type": "Multikey", "controller": person.uri, "publicKeyMultibase": multibase}
    return {"assertionMethod": [{"id": f"{person.uri}#ed25519-key", **method}]}


def proven(activity: Json, *, key: PrivateKey = BOB.key, method: str = PROOF_KEY, at: datetime = NOW) -> bytes:
    """An activity with a proof, as bytes."""
    document = proofs.create({"@context": CONTEXT, **activity}, key=key, verification_method=method, now=at)
    return msgspec.json.encode(document)


def reply(number: int = 1, **changes: Any) -> Json:
    """A note of bob's that answers alice."""
    return BOB.note(number, inReplyTo=OURS, **changes)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        await here.db.write(lambda tx: world.say(tx, accounts.owner(tx), uri=OURS))
        yield here


@pytest.fixture
async def mill(here: Here) -> AsyncIterator[Mill]:
    EVE.settle(here.http)
    async with milling(here) as mill:
        yield mill


async def meet(mill: Mill, **changes: Any) -> Account:
    """Know bob, with the key that he makes proofs with."""
    BOB.settle(mill.here.http, **(prover() | changes))
    account = await mill.fetcher.actor(BOB.uri)
    mill.here.http.asked.clear()
    return account


async def handed(mill: Mill, *activities: Json | bytes, personal: bool = False) -> list[tuple[str, str | None]]:
    """Let eve hand them over, and return what came of all rows."""
    await mill.put(*activities, actor=EVE.uri, personal=personal)
    await trio.sleep(15)
    return await mill.outcomes()


# By proof ------------------------------------------------------------------------------------------------------------
async def test_a_proof_spares_the_request(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)

    assert await handed(mill, proven(create(reply()))) == [("done", None)]

    assert mill.here.http.asked == []
    post = await mill.here.db.read(posts.find_uri, NOTE)
    assert post is not None
    assert post.content == "<p>Note 1</p>"


async def test_of_a_stranger_only_the_actor_is_asked(mill: Mill, autojump_clock: MockClock) -> None:
    BOB.settle(mill.here.http, **prover())

    assert await handed(mill, proven(create(reply()))) == [("done", None)]

    assert mill.here.http.count(NOTE) == 0
    assert mill.here.http.count(BOB.uri) == 1


async def test_everything_that_may_be_handed_over(mill: Mill, autojump_clock: MockClock) -> None:
    """A post comes, is liked, boosted, edited and deleted, all by word of eve with bob's proofs."""
    await meet(mill)
    edited = reply(content="<p>Edited</p>", updated="2026-03-01T12:00:00Z")
    public = {"to": [f"{AS2}#Public"]}

    states = await handed(
        mill, proven(create(reply())), proven(about("Like", OURS)), proven(about("Announce", OURS) | public)
    )
    assert states == [("done", None)] * 3
    assert (
        await mill.here.db.read(content) == "<p>Edited</p>"
        if await handed(mill, proven(about("Update", edited)))
        else ""
    )
    assert await mill.here.db.read(counts) == (1, 1)

    undo = [about("Undo", about("Like", OURS)), about("Undo", about("Announce", OURS), number=2), about("Delete", NOTE)]
    assert await handed(mill, *map(proven, undo)) == [("done", None)] * 7
    assert await mill.here.db.read(counts) == (0, 0)
    assert await mill.here.db.read(uris) == [OURS]
    assert mill.here.http.asked == []


async def test_what_was_taken_back_is_not_brought_again(mill: Mill, autojump_clock: MockClock) -> None:
    """A proof can be shown around by anybody, also by who had it from somebody else."""
    await meet(mill)
    MALLORY.settle(mill.here.http)
    public = {"to": [f"{AS2}#Public"]}
    said = [proven(about("Like", OURS)), proven(about("Announce", OURS) | public)]
    assert await handed(mill, *said) == [("done", None)] * 2
    await mill.put(about("Undo", about("Like", OURS)), about("Undo", about("Announce", OURS), number=2))
    await trio.sleep(15)

    await mill.put(*said, actor=MALLORY.uri)
    await trio.sleep(15)

    assert await mill.here.db.read(counts) == (0, 0)
    assert (await mill.outcomes())[-2:] == [("ignored", "Its actor has taken it back.")] * 2


async def test_a_version_without_a_date_is_read_where_it_stands(mill: Mill, autojump_clock: MockClock) -> None:
    """Nobody could tell it from one before."""
    await meet(mill)
    await handed(mill, proven(create(reply())))
    mill.here.http.put(NOTE, reply(content="<p>As it is now</p>"))

    await handed(mill, proven(about("Update", reply(content="<p>As it once was</p>"))))

    assert await mill.here.db.read(content) == "<p>As it is now</p>"


async def test_what_has_no_id_is_not_proven(mill: Mill, autojump_clock: MockClock) -> None:
    """Nobody could tell whether it came before, and was taken back."""
    await meet(mill)
    nameless = {name: value for name, value in about("Like", OURS).items() if name != "id"}

    states = await handed(mill, proven(nameless))

    reason = "Somebody else hands it over, and it has no id at which its origin could be asked."
    assert states == [("ignored", reason)]
    assert await mill.here.db.read(counts) == (0, 0)


def content(tx: Tx) -> str:
    post = posts.find_uri(tx, NOTE)
    return "" if post is None else post.content


def counts(tx: Tx) -> tuple[int, int]:
    post = posts.find_uri(tx, OURS)
    assert post is not None
    return likes.count(tx, post.id), likes.count_boosts(tx, post.id)


@pytest.mark.parametrize("type_", ["Follow", "Block"])
async def test_what_is_between_two_is_not_handed_over(mill: Mill, autojump_clock: MockClock, type_: str) -> None:
    await meet(mill)

    reason = "It is between two, and nobody else can hand it over."
    assert await handed(mill, proven(about(type_, ALICE))) == [("ignored", reason)]


async def test_a_proven_name_is_still_read_at_its_origin(mill: Mill, autojump_clock: MockClock) -> None:
    """Bob has said that there is a post; what it says is known at its address only."""
    await meet(mill)
    mill.here.http.put(NOTE, reply())

    assert await handed(mill, proven(about("Create", NOTE))) == [("done", None)]

    assert mill.here.http.asked == [NOTE]


async def test_nobody_addresses_us_with_anothers_proof(mill: Mill, autojump_clock: MockClock) -> None:
    """A post for bob's followers stays theirs, whoever carries it to our own inbox."""
    await meet(mill)
    secret = create(reply(to=[f"{BOB.uri}/followers"], cc=[]))

    states = await handed(mill, proven(secret), personal=True)

    assert states == [("ignored", "It is for followers of somebody whom the owner does not follow.")]


async def test_a_new_key_is_asked_for_once(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    key = generate_ed25519()
    BOB.settle(mill.here.http, **prover(key=key.public))

    assert await handed(mill, proven(create(reply()), key=key)) == [("done", None)]

    assert mill.here.http.asked == [BOB.uri]


async def test_a_large_document_is_proven_too(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    document = proven(create(reply(content="<p>" + "word " * SMALL + "</p>")))

    assert await handed(mill, document) == [("done", None)]

    assert mill.here.http.asked == []


OTHERS = generate_ed25519()


@pytest.mark.parametrize(
    ("document", "actor"),
    [
        pytest.param(proven(create(reply()), key=OTHERS), prover(), id="made by another key"),
        pytest.param(
            proven(create(reply()), key=EVE.key, method=f"{EVE.uri}#ed25519-key"),
            prover(),
            id="made by the one who hands over",
        ),
        pytest.param(proven(create(reply()), method=BOB.key_id), prover(), id="made by a key for requests"),
        pytest.param(proven(create(reply())), {}, id="the actor lists no key for proofs"),
        pytest.param(
            proven(create(reply())),
            {"assertionMethod": [{**prover()["assertionMethod"][0], "controller": EVE.uri}]},
            id="somebody else controls the key",
        ),
        pytest.param(proven(create(reply()), at=NOW - timedelta(days=2, minutes=1)), prover(), id="made long ago"),
        pytest.param(proven(create(reply())).replace(b"Note 1", b"Note 2"), prover(), id="changed"),
        pytest.param(proven(create(reply()))[:-1] + b',"id":"https://far.example/2"}', prover(), id="a name twice"),
        pytest.param(msgspec.json.encode(create(reply())), prover(), id="without a proof"),
    ],
)
async def test_without_a_proof_the_origin_is_asked(
    mill: Mill, autojump_clock: MockClock, document: bytes, actor: Json
) -> None:
    """And what stands there counts, whatever was handed over."""
    await meet(mill, **({"assertionMethod": []} | actor))
    mill.here.http.put(NOTE, reply(content="<p>As it stands at its origin</p>"))

    assert await handed(mill, document) == [("done", None)]

    assert mill.here.http.count(NOTE) == 1
    assert await mill.here.db.read(content) == "<p>As it stands at its origin</p>"


async def test_a_signature_of_linked_data_gives_no_authority(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    signature = {
        "type": "RsaSignature2017",
        "creator": BOB.key_id,
        "created": "2026-03-01T12:00:00Z",
        "signatureValue": "x",
    }

    states = await handed(mill, create(reply()) | {"signature": signature})

    assert states == [("ignored", f"{NOTE} is not there (HTTP 404).")]


@pytest.mark.parametrize("name", ["@graph", "@included", "@reverse"])
async def test_what_readers_could_read_otherwise_is_refused(mill: Mill, autojump_clock: MockClock, name: str) -> None:
    await meet(mill)
    document = msgspec.json.decode(proven(create(reply())))

    ((state, reason),) = await handed(mill, document | {name: {"id": "https://far.example/2"}})

    assert (state, reason) == ("ignored", "The document uses @graph, @included or @reverse, which are not accepted.")
    assert mill.here.http.asked == []


# By its origin -------------------------------------------------------------------------------------------------------
async def test_a_forged_forward_finds_nothing(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)

    assert await handed(mill, create(reply())) == [("ignored", f"{NOTE} is not there (HTTP 404).")]

    assert await mill.here.db.read(uris) == [OURS]


@pytest.mark.parametrize(
    ("status", "body", "left", "reason"),
    [
        (410, {}, [], None),
        (404, {}, [], None),
        (200, {"id": NOTE, "type": "Tombstone"}, [], None),
        (200, BOB.note(), [NOTE], f"{NOTE} is to be deleted, and still there."),
        (500, {}, [NOTE], f"{NOTE} answered HTTP 500."),
    ],
)
async def test_a_delete_is_true_when_it_is_gone(
    mill: Mill, autojump_clock: MockClock, status: int, body: Json, left: list[str], reason: str | None
) -> None:
    await meet(mill)
    await mill.put(create(reply()), actor=BOB.uri)
    await trio.sleep(1)
    mill.here.http.put(NOTE, body, status=status)

    _, (_, why) = await handed(mill, about("Delete", NOTE))

    assert why == reason
    assert await mill.here.db.read(uris) == [*left, OURS]


async def test_what_is_not_public_may_only_be_hidden_from_us(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    await mill.put(create(reply(to=[ALICE], cc=[])), actor=BOB.uri)
    await trio.sleep(1)

    _, (state, _) = await handed(mill, about("Delete", NOTE))

    assert state == "ignored"
    assert await mill.here.db.read(uris) == [NOTE, OURS]


async def test_a_moderators_delete_is_true_when_it_is_gone(mill: Mill, autojump_clock: MockClock) -> None:
    """Somebody on the author's own server deletes it; the server knows."""
    await meet(mill)
    moderator = Person("mod@far.example").settle(mill.here.http)
    await mill.put(create(reply()), actor=BOB.uri)
    await trio.sleep(1)
    delete = [about("Delete", NOTE, actor=moderator.uri), about("Delete", NOTE, actor=moderator.uri, number=2)]

    mill.here.http.put(NOTE, reply())
    await mill.put(delete[0], actor=moderator.uri)
    await trio.sleep(1)
    assert await mill.here.db.read(uris) == [NOTE, OURS]

    mill.here.http.put(NOTE, {"id": NOTE, "type": "Tombstone"}, status=410)
    await mill.put(delete[1], actor=moderator.uri)
    await trio.sleep(1)
    assert await mill.here.db.read(uris) == [OURS]


@pytest.mark.parametrize(("status", "gone"), [(410, True), (404, False), (200, False)])
async def test_an_account_is_gone_when_its_server_says_so(
    mill: Mill, autojump_clock: MockClock, status: int, gone: bool
) -> None:
    account = await meet(mill)
    mill.here.http.put(BOB.uri, BOB.actor(), status=status)

    await handed(mill, about("Delete", BOB.uri))

    known = await mill.here.db.read(accounts.get, account.id)
    assert (known.gone_at is not None) is gone


async def test_an_activity_is_true_where_it_stands(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    like = {**about("Like", OURS), "id": "https://far.example/likes/1"}
    mill.here.http.put(like["id"], like)

    assert await handed(mill, like) == [("done", None)]

    assert await mill.here.db.read(counts) == (1, 0)


@pytest.mark.parametrize("activity", [about("Like", OURS), {**about("Like", OURS), "id": None}])
async def test_what_stands_nowhere_has_no_witness(mill: Mill, autojump_clock: MockClock, activity: Json) -> None:
    await meet(mill)

    reason = "Somebody else hands it over, and it has no id at which its origin could be asked."
    assert await handed(mill, activity) == [("ignored", reason)]
    assert mill.here.http.asked == []


@pytest.mark.parametrize("change", [{"actor": EVE.uri}, {"type": "Announce"}, {"id": "https://far.example/likes/2"}])
async def test_another_activity_there_is_no_witness(mill: Mill, autojump_clock: MockClock, change: Json) -> None:
    await meet(mill)
    like = {**about("Like", OURS), "id": "https://far.example/likes/1"}
    mill.here.http.put(like["id"], like | change)

    ((state, _),) = await handed(mill, like)

    assert state == "ignored"
    assert await mill.here.db.read(counts) == (0, 0)


async def test_a_profile_is_read_where_it_is(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    mill.here.http.put(BOB.uri, BOB.actor(name="As it stands there"))

    assert await handed(mill, about("Update", BOB.actor(name="Forged"))) == [("done", None)]

    account = await mill.here.db.read(accounts.find_uri, BOB.uri)
    assert account is not None
    assert account.name == "As it stands there"


async def test_a_proof_brings_no_old_profile_back(mill: Mill, autojump_clock: MockClock) -> None:
    """Somebody who has an old Update, with a key that was given up since, shows it around."""
    await meet(mill, name="As it stands there")

    assert await handed(mill, proven(about("Update", BOB.actor(name="As it was")))) == [("done", None)]

    account = await mill.here.db.read(accounts.find_uri, BOB.uri)
    assert account is not None
    assert account.name == "As it stands there"


async def test_an_origin_that_is_down_is_waited_for(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    mill.here.http.pages[NOTE] = NoAnswer("connect", "down")

    assert await handed(mill, create(reply())) == [("parked", "down")]

    mill.here.http.put(NOTE, reply())
    await trio.sleep(3600)
    assert await mill.outcomes() == [("done", None)]


async def test_what_its_actor_sends_meanwhile_is_not_asked_for(mill: Mill, autojump_clock: MockClock) -> None:
    await meet(mill)
    await mill.put(create(reply()), actor=BOB.uri)
    await trio.sleep(1)

    _, second = await handed(mill, create(reply()))

    assert second == ("ignored", "Its actor has sent it already.")
    assert mill.here.http.asked == []


# Whatever -------------------------------------------------------------------------------------------------------------
DOCUMENT = proven(create(reply()))


@given(st.data())
def test_no_mutated_document_is_proven(data: st.DataObject) -> None:
    """Whatever is changed anywhere, bytes or values, the proof does not hold, and nothing raises but what is ours."""
    at = data.draw(st.integers(0, len(DOCUMENT) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != DOCUMENT[at]))
    mutated = DOCUMENT[:at] + bytes([byte]) + DOCUMENT[at + 1 :]

    assert not holds(mutated) or msgspec.json.decode(mutated) == msgspec.json.decode(DOCUMENT)


def holds(document: bytes) -> bool:
    try:
        handed = Handed(id=None, actor=EVE.uri, activity=inward.understand(document), document=document)
        return _fresh(handed.document, {PROOF_KEY: BOB.key.public}, NOW)
    except SmallfedError:
        return False
