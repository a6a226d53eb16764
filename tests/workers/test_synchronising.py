"""What we tell other servers of their followers here, and how we read what they tell us."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from smallfed.domain.account import Account
from smallfed.domain.events import FollowerLost
from smallfed.errors import Invalid, Unreachable
from smallfed.protocol.synchronising import NOBODY, digest, read
from smallfed.services import admitting
from smallfed.store import accounts, follows
from smallfed.store.fetches import Fetch
from smallfed.store.tx import Tx
from smallfed.workers.fetching import Fetcher
from smallfed.workers.synchronising import ITEMS, PAGES, Digests, settle
from tests import world
from tests.workers.far import Person
from tests.workers.house import Here, living

ALICE = "https://home.example/users/alice"
BOB = Person("bob@far.example")
LIST = f"{BOB.uri}/followers_synchronization"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    async with living(tmp_path) as here:
        yield here


# What we tell ---------------------------------------------------------------------------------------------------------
def let_follow(tx: Tx, handle: str, **columns: object) -> Account:
    account = world.acquaint(tx, handle, **columns)
    world.befriend(tx, account, accounts.owner(tx))
    return account


def told(digests: Digests, inbox: str) -> str:
    ((name, value),) = digests.headers(inbox)
    said = read(value)
    assert name == "Collection-Synchronization"
    assert said is not None
    assert (said.collection, said.url) == (f"{ALICE}/followers", f"{ALICE}/followers_synchronization")
    return said.digest


async def test_each_server_is_told_of_its_own(here: Here) -> None:
    """By scheme and authority of the inbox; who only asks does not count."""
    for handle in ("bob@far.example", "eve@far.example", "carol@other.example", "dan@other.example:8443"):
        await here.db.write(let_follow, handle)
    await here.db.write(let_follow, "up@up.example", uri="https://UP.example/users/up")
    waiting = await here.know("waiting@far.example")
    await here.db.write(lambda tx: world.befriend(tx, waiting, accounts.owner(tx), accepted=False))
    digests = Digests(here.db, here.hub, here.identity)

    await digests.ready()

    def of(*uris: str) -> str:
        return digest(f"https://{uri}" for uri in uris)

    far = of("far.example/users/bob", "far.example/users/eve")
    assert told(digests, "https://far.example/inbox") == told(digests, "https://far.example/users/eve/inbox") == far
    assert told(digests, "https://other.example/inbox") == of("other.example/users/carol")
    assert told(digests, "https://other.example:8443/inbox") == of("other.example:8443/users/dan")
    assert told(digests, "https://up.example/inbox") == of("UP.example/users/up")
    assert told(digests, "https://nobody.example/inbox") == NOBODY
    assert told(digests, "http://far.example/inbox") == NOBODY


async def test_what_changes_is_told_anew(here: Here) -> None:
    bob = await here.db.write(let_follow, "bob@far.example")
    digests = Digests(here.db, here.hub, here.identity)
    await digests.ready()
    before = told(digests, bob.inbox)

    await here.db.write(admitting.lose, bob)
    meanwhile = digests.headers(bob.inbox)
    await digests.ready()

    assert before == digest([bob.uri])
    assert meanwhile == ()
    assert told(digests, bob.inbox) == NOBODY


async def test_what_changes_while_it_is_counted_does_not_count(here: Here) -> None:
    bob = await here.db.write(let_follow, "bob@far.example")

    class Slow:
        async def long_read(self, f: Any) -> Any:
            found = await here.db.long_read(f)
            here.hub.publish([FollowerLost(follower=bob.id)])
            return found

    digests = Digests(Slow(), here.hub, here.identity)  # type: ignore[arg-type] # all that it asks of a database
    await digests.ready()

    assert digests.headers(bob.inbox) == ()


# What we are told -----------------------------------------------------------------------------------------------------
@pytest.fixture
async def bob(here: Here) -> Account:
    """Return whom alice follows, it seems here; his server announced that nobody does."""
    bob = await here.know("bob@far.example")
    await here.db.write(lambda tx: world.befriend(tx, accounts.owner(tx), bob))
    await said(here, bob, NOBODY)
    return bob


async def said(here: Here, account: Account, digest_: str) -> None:
    await here.db.write(
        lambda tx: tx.run("INSERT OR REPLACE INTO synchronizations VALUES (?, ?, ?, 0)", account.id, LIST, digest_)
    )


async def look(here: Here) -> bool:
    """Read the list; return whether alice follows bob afterwards."""
    fetcher = Fetcher(here.db, here.http, here.clock, here.identity)
    await settle(here.db, fetcher.documents, Fetch(uri=BOB.uri, kind="followers", depth=0, attempts=1))
    return await here.db.read(_follows)


def _follows(tx: Tx) -> bool:
    bob = accounts.find_uri(tx, BOB.uri)
    assert bob is not None
    return follows.has(tx, accounts.owner(tx).id, bob.id)


async def test_the_list_is_asked_for_with_a_signature(here: Here, bob: Account) -> None:
    here.http.put(LIST, {"id": LIST, "type": "OrderedCollection", "orderedItems": []})

    assert not await look(here)

    (headers,) = here.http.signed
    assert "https://home.example/actor#main-key" in headers["signature"]


def page(number: int, **more: object) -> dict[str, object]:
    return {"id": f"{LIST}?page={number}", "type": "OrderedCollectionPage", **more}


OTHERS = [f"https://home.example/users/{number}" for number in range(5)]


@pytest.mark.parametrize(
    "pages",
    [
        [{"type": "OrderedCollection", "orderedItems": OTHERS}],
        [{"type": "Collection", "items": OTHERS}],
        [{"type": "OrderedCollection", "orderedItems": [{"id": uri, "type": "Person"} for uri in OTHERS]}],
        [
            {"type": "OrderedCollection", "first": f"{LIST}?page=1"},
            page(1, orderedItems=OTHERS[:3], next=f"{LIST}?page=2"),
            page(2, orderedItems=OTHERS[3:]),
        ],
    ],
)
async def test_every_shape_of_it(here: Here, bob: Account, pages: list[dict[str, object]]) -> None:
    await said(here, bob, digest(OTHERS))
    for document in pages:
        document = {"id": LIST, **document}
        here.http.put(str(document["id"]), document)

    assert not await look(here)


async def test_a_list_without_end_is_half_a_list(here: Here, bob: Account) -> None:
    """It ends nothing, however it goes on."""
    here.http.put(LIST, {"id": LIST, "type": "OrderedCollection", "first": f"{LIST}?page=1"})
    for number in range(1, 30):
        here.http.put(
            f"{LIST}?page={number}",
            page(number, orderedItems=[f"https://home.example/{number}"], next=f"{LIST}?page={number + 1}"),
        )

    assert await look(here)
    assert here.http.count("page=") == PAGES


async def test_a_list_of_too_many(here: Here, bob: Account) -> None:
    here.http.put(
        LIST, {"id": LIST, "type": "Collection", "items": [f"https://home.example/{n}" for n in range(ITEMS + 9)]}
    )

    assert await look(here)


@pytest.mark.parametrize(
    ("document", "status", "error"),
    [
        ({"id": LIST, "type": "Note", "content": "no list"}, 200, Invalid),
        ({"id": "https://evil.example/list", "type": "Collection", "items": []}, 200, Exception),
        ({}, 403, Unreachable),
        ({}, 503, Unreachable),
    ],
)
async def test_what_is_no_list_ends_nothing(
    here: Here, bob: Account, document: dict[str, object], status: int, error: type[Exception]
) -> None:
    here.http.put(LIST, document, status=status)

    with pytest.raises(error):
        await look(here)

    assert await here.db.read(_follows)
